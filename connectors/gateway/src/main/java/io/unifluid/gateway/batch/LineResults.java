package io.unifluid.gateway.batch;

import io.unifluid.client.Cluster;
import io.unifluid.client.TopicScan;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.reading.TopicFollower;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The results of batches' lines, read once for all that run here, while any does. What a batch has not taken yet is bounded
 * by how many of its lines are under way. Thread-safe.
 */
final class LineResults implements AutoCloseable {
    /** Between who names an instant and who stamps the records. */
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(10);

    private static final String TOPIC = Topics.RESULTS.name();

    private final Cluster cluster;
    private final Map<String, OfBatch> waiting = new ConcurrentHashMap<>();
    private TopicFollower follower;

    LineResults(Cluster cluster) {
        this.cluster = cluster;
    }

    /** Those of one batch, from when it was asked for. One thread's. */
    final class OfBatch implements AutoCloseable {
        private final String name;
        private final BlockingQueue<ConsumerRecord<byte[], byte[]>> came = new LinkedBlockingQueue<>();
        /** With whom it was waited for: another one has not seen what lies between. */
        private TopicFollower follower;

        private OfBatch(String name) {
            this.name = name;
        }

        /** Shows what was written before it was waited for. */
        void earlier(Instant since, Consumer<ConsumerRecord<byte[], byte[]>> sink) {
            try (var scan = new TopicScan(cluster)) {
                scan.read(scan.since(TOPIC, since.minus(CLOCKS_DIFFER)), record -> {
                    if (name.equals(LineIds.batchOf(record.key()))) {
                        sink.accept(record);
                    }
                    return true;
                });
            }
        }

        /**
         * What has come since; waits for it a little.
         *
         * @throws IllegalStateException when nothing is read any more
         */
        List<ConsumerRecord<byte[], byte[]>> next(Duration longest) throws InterruptedException {
            follower.requireSound();
            var taken = new ArrayList<ConsumerRecord<byte[], byte[]>>();
            var first = came.poll(longest.toMillis(), TimeUnit.MILLISECONDS);
            if (first != null) {
                taken.add(first);
                came.drainTo(taken, 1000);
            }
            return taken;
        }

        @Override
        public void close() {
            leave(this);
        }
    }

    /** Stands at the end of the results when it returns: what comes later is not missed. */
    synchronized OfBatch of(String batchId) {
        var results = new OfBatch(LineIds.name(batchId));
        waiting.put(results.name, results);
        try {
            results.follower = follow();
        } catch (RuntimeException e) {
            leave(results);
            throw e;
        }
        return results;
    }

    /** Without anybody who waits, results are not read here. */
    private synchronized void leave(OfBatch one) {
        waiting.remove(one.name, one);
        if (waiting.isEmpty() && follower != null) {
            follower.close();
            follower = null;
        }
    }

    private TopicFollower follow() {
        if (follower != null && follower.failure().isCompletedExceptionally()) {
            follower.close();
            follower = null;
        }
        if (follower == null) {
            follower = new TopicFollower(cluster.consumer(), List.of(TOPIC), TopicFollower.From.END, this::read);
        }
        return follower;
    }

    private void read(ConsumerRecord<byte[], byte[]> record) {
        var batch = LineIds.batchOf(record.key());
        var results = batch == null ? null : waiting.get(batch);
        if (results != null) {
            results.came.add(record);
        }
    }

    @Override
    public synchronized void close() {
        if (follower != null) {
            follower.close();
        }
    }
}
