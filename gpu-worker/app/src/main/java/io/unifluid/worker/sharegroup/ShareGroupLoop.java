package io.unifluid.worker.sharegroup;

import io.unifluid.worker.config.Lane;
import io.unifluid.worker.metrics.WorkerMetrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one lane with one share consumer, which only this loop's thread touches: polls where there is room, hands each
 * new batch on, renews the locks of those that are being worked on, and acknowledges those that are settled.
 *
 * <p>A share consumer returns nothing new while any of its records is unacknowledged or renewed, so several loops per
 * lane keep work flowing. A renewed record comes back from the next poll; it is told from new ones by its offset.
 */
public final class ShareGroupLoop implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(ShareGroupLoop.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration COMMIT = Duration.ofSeconds(10);
    private static final Duration AFTER_ERROR = Duration.ofSeconds(1);

    private final Lane lane;
    private final ShareConsumer<byte[], byte[]> consumer;
    private final PollGate room;
    private final Consumer<AcquiredBatch> onBatch;
    private final Consumer<RuntimeException> onFatal;
    private final WorkerMetrics metrics;
    private final long renewEveryNanos;
    private final BlockingQueue<AcquiredBatch> settled = new LinkedBlockingQueue<>();
    private final Map<Place, Held> held = new HashMap<>();
    private final CountDownLatch joined = new CountDownLatch(1);
    private long renewAt;
    private volatile long drainUntil;
    private volatile boolean draining;

    private record Place(TopicPartition partition, long offset) {
        static Place of(ConsumerRecord<?, ?> record) {
            return new Place(new TopicPartition(record.topic(), record.partition()), record.offset());
        }
    }

    /** A batch with the record object under which the consumer knows it now. */
    private record Held(AcquiredBatch batch, ConsumerRecord<byte[], byte[]> record) {}

    /**
     * @param lock how long the broker leaves a record to this consumer; locks are renewed after a third of it
     * @param onBatch takes a new batch and settles it some time; must not block
     * @param onFatal told what makes reading impossible, after which the loop ends
     */
    public ShareGroupLoop(
            Lane lane,
            ShareConsumer<byte[], byte[]> consumer,
            Duration lock,
            PollGate room,
            Consumer<AcquiredBatch> onBatch,
            Consumer<RuntimeException> onFatal,
            WorkerMetrics metrics) {
        this.lane = lane;
        this.consumer = consumer;
        this.renewEveryNanos = lock.toNanos() / 3;
        this.room = room;
        this.onBatch = onBatch;
        this.onFatal = onFatal;
        this.metrics = metrics;
    }

    @Override
    public void run() {
        try {
            consumer.setAcknowledgementCommitCallback((offsets, error) -> {
                if (error != null) {
                    offsets.values().forEach(set -> metrics.acknowledgementsFailed(set.size()));
                    log.warn("Acknowledging {} failed; another worker may repeat it.", offsets, error);
                }
            });
            consumer.subscribe(List.of(lane.topic()));
            while (!draining || (!held.isEmpty() && System.nanoTime() - drainUntil < 0)) {
                try {
                    step();
                } catch (InvalidConfigurationException e) {
                    throw e; // Also refused authentication, authorization, and a broker without share groups.
                } catch (KafkaException e) {
                    metrics.readerError();
                    log.warn("Reading lane {} failed; trying again.", lane.name(), e);
                    Thread.sleep(AFTER_ERROR);
                }
            }
        } catch (RuntimeException e) {
            log.error("Lane {} cannot be read any more.", lane.name(), e);
            onFatal.accept(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            joined.countDown();
            close();
        }
    }

    /** Reads nothing new from now on and ends when all that is held is settled, or {@code atMost} is over. */
    public void drain(Duration atMost) {
        drainUntil = System.nanoTime() + atMost.toNanos();
        draining = true;
    }

    /** Waits until the first poll returned without an error, or the loop ended. */
    public boolean awaitJoined(Duration atMost) throws InterruptedException {
        return joined.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void step() throws InterruptedException {
        if (!held.isEmpty()) {
            acknowledgeSettled();
            renewWhenDue();
        } else if (room.await(lane, POLL) && !draining) {
            receive(consumer.poll(POLL));
            joined.countDown();
        }
    }

    private void receive(ConsumerRecords<byte[], byte[]> records) {
        if (held.isEmpty()) {
            renewAt = System.nanoTime() + renewEveryNanos;
        }
        List<AcquiredBatch> fresh = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            Held before = held.get(Place.of(record));
            AcquiredBatch batch = before != null ? before.batch() : new AcquiredBatch(lane, record, room, settled::add);
            held.put(Place.of(record), new Held(batch, record));
            if (before == null) {
                fresh.add(batch);
            }
        }
        for (AcquiredBatch batch : fresh) {
            metrics.taken(lane, batch.deliveryCount());
            onBatch.accept(batch);
        }
    }

    private void acknowledgeSettled() throws InterruptedException {
        long wait = Math.max(0, Math.min(renewAt - System.nanoTime(), POLL.toNanos()));
        AcquiredBatch next = settled.poll(wait, TimeUnit.NANOSECONDS);
        if (next == null) {
            return;
        }
        for (; next != null; next = settled.poll()) {
            acknowledge(next);
        }
        if (!held.isEmpty() || draining || !room.open(lane)) {
            consumer.commitAsync(); // Otherwise the poll that follows at once carries them.
        }
    }

    private void acknowledge(AcquiredBatch batch) {
        Held known = held.remove(Place.of(batch.record()));
        if (known == null) {
            return; // Lost before it was settled, and counted then.
        }
        try {
            consumer.acknowledge(known.record(), batch.settlement());
            metrics.acknowledged(lane, batch.settlement());
        } catch (IllegalStateException e) {
            metrics.lost(lane);
            log.warn("{} can no longer be acknowledged; another worker may repeat it.", batch, e);
        }
    }

    private void renewWhenDue() {
        if (System.nanoTime() - renewAt < 0 || held.isEmpty()) {
            return;
        }
        ConsumerRecords<byte[], byte[]> back = renew();
        Set<Place> returned = new HashSet<>();
        back.forEach(record -> returned.add(Place.of(record)));
        held.entrySet().removeIf(entry -> {
            if (returned.contains(entry.getKey())) {
                return false;
            }
            entry.getValue().batch().markLost();
            metrics.lost(lane);
            log.warn(
                    "The lock of {} could not be renewed; another worker may repeat it.",
                    entry.getValue().batch());
            return true;
        });
        metrics.renewed(held.size());
        receive(back);
        renewAt = System.nanoTime() + renewEveryNanos;
    }

    /** Renews all that is held; what the consumer still holds afterwards is in the answer. */
    private ConsumerRecords<byte[], byte[]> renew() {
        try {
            held.values().forEach(each -> consumer.acknowledge(each.record(), AcknowledgeType.RENEW));
            consumer.commitSync(COMMIT)
                    .forEach((partition, error) ->
                            error.ifPresent(e -> log.warn("Renewing locks on {} failed.", partition, e)));
        } catch (KafkaException | IllegalStateException e) {
            metrics.readerError();
            log.warn("Renewing locks of lane {} failed.", lane.name(), e);
        }
        try {
            return consumer.poll(POLL);
        } catch (KafkaException | IllegalStateException e) {
            metrics.readerError();
            log.warn("Polling renewed batches of lane {} failed.", lane.name(), e);
            return ConsumerRecords.empty();
        }
    }

    private void close() {
        try {
            consumer.close(COMMIT); // Releases what is still held.
        } catch (KafkaException e) {
            log.warn("Closing the consumer of lane {} failed; its locks expire by themselves.", lane.name(), e);
        }
        held.values().forEach(each -> metrics.acknowledged(lane, AcknowledgeType.RELEASE));
        held.clear();
    }
}
