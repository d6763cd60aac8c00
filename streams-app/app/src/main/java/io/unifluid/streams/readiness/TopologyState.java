package io.unifluid.streams.readiness;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.processor.StateRestoreListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How far Kafka Streams has come, and what waits for that. Thread-safe. */
public final class TopologyState implements KafkaStreams.StateListener, StateRestoreListener {
    /** Smaller stores are there before anybody asks. */
    private static final long WORTH_A_LINE = 10_000;

    /** Of one partition of a store that is being made anew from its changelog. */
    private record Restore(long records, long done, long sinceNanos) {}

    private static final Logger LOG = LoggerFactory.getLogger(TopologyState.class);

    private final CountDownLatch ready = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile KafkaStreams.State now = KafkaStreams.State.CREATED;
    private volatile boolean wasRunning;
    private final Map<TopicPartition, Restore> restores = new ConcurrentHashMap<>();

    @Override
    public void onChange(KafkaStreams.State next, KafkaStreams.State before) {
        LOG.info("State {} -> {}", before, next);
        now = next;
        if (next == KafkaStreams.State.RUNNING) {
            wasRunning = true;
            ready.countDown();
        }
        if (next == KafkaStreams.State.ERROR || next == KafkaStreams.State.NOT_RUNNING) {
            ready.countDown();
            ended.countDown();
        }
    }

    public KafkaStreams.State now() {
        return now;
    }

    /** Why it does not take work now, in one sentence. */
    public Optional<String> trouble() {
        return Troubles.state(
                now,
                restores.values().stream().mapToLong(Restore::done).sum(),
                restores.values().stream().mapToLong(Restore::records).sum());
    }

    @Override
    public void onRestoreStart(TopicPartition partition, String store, long from, long to) {
        restores.put(partition, new Restore(to - from, 0, System.nanoTime()));
    }

    @Override
    public void onBatchRestored(TopicPartition partition, String store, long last, long records) {
        restores.computeIfPresent(
                partition, (_, known) -> new Restore(known.records(), known.done() + records, known.sinceNanos()));
    }

    @Override
    public void onRestoreEnd(TopicPartition partition, String store, long records) {
        var known = restores.remove(partition);
        if (known != null && records >= WORTH_A_LINE) {
            LOG.info(
                    "The store {} of partition {} is there again: {} records in {} s",
                    store,
                    partition.partition(),
                    records,
                    (System.nanoTime() - known.sinceNanos()) / 1_000_000_000);
        }
    }

    @Override
    public void onRestoreSuspended(TopicPartition partition, String store, long records) {
        restores.remove(partition);
    }

    /** Whether requests were ever taken. */
    public boolean wasRunning() {
        return wasRunning;
    }

    /** @return false when it is not running in time, or has ended before it was */
    public boolean awaitReady(Duration patience) throws InterruptedException {
        return ready.await(patience.toMillis(), TimeUnit.MILLISECONDS) && wasRunning;
    }

    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /** Also when it never began. */
    public void ended() {
        ended.countDown();
    }
}
