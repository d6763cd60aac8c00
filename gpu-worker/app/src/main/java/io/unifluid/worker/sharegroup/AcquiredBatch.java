package io.unifluid.worker.sharegroup;

import io.unifluid.worker.config.Lane;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A batch record that this worker holds, from the poll that brought it to its acknowledgement. Any thread may settle
 * it; only the first settlement counts, and the reader that polled the record acknowledges it.
 */
public final class AcquiredBatch {
    private static final Logger log = LoggerFactory.getLogger(AcquiredBatch.class);

    /** Part of what is done with a batch. */
    @FunctionalInterface
    public interface Work {
        void run() throws InterruptedException;
    }

    private final ConsumerRecord<byte[], byte[]> record;
    private final Lane lane;
    private final int deliveryCount;
    private final Instant takenAt = Instant.now();
    private final long takenNanos = System.nanoTime();
    private final AtomicReference<AcknowledgeType> settlement = new AtomicReference<>();
    private final AtomicBoolean waiting = new AtomicBoolean(true);
    private final PollGate room;
    private final Consumer<AcquiredBatch> onSettled;
    private volatile boolean lost;
    private volatile boolean outcomesTogether;

    /** Takes a place among those that wait for the device. */
    public AcquiredBatch(
            Lane lane, ConsumerRecord<byte[], byte[]> record, PollGate room, Consumer<AcquiredBatch> onSettled) {
        room.entered(lane);
        this.lane = lane;
        this.room = room;
        this.record = record;
        this.deliveryCount = record.deliveryCount().map(Short::intValue).orElse(1);
        this.onSettled = onSettled;
    }

    public ConsumerRecord<byte[], byte[]> record() {
        return record;
    }

    public Lane lane() {
        return lane;
    }

    /** 1 for the first worker that holds it. */
    public int deliveryCount() {
        return deliveryCount;
    }

    Instant takenAt() {
        return takenAt;
    }

    /** {@link System#nanoTime()} of the poll that brought it. */
    public long takenNanos() {
        return takenNanos;
    }

    /** It waits no more: the device took it. */
    public void leaveRoom() {
        if (waiting.compareAndSet(true, false)) {
            room.left(lane);
        }
    }

    /** The batch needs nothing more here; does nothing if that was said before. */
    public void settle(AcknowledgeType type) {
        if (settlement.compareAndSet(null, type)) {
            leaveRoom();
            onSettled.accept(this);
        }
    }

    /** Whatever goes wrong with the work that nobody foresaw, the batch is released, and not held for ever. */
    public Runnable orReleased(Work work) {
        return () -> {
            try {
                work.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                settle(AcknowledgeType.RELEASE);
            } catch (RuntimeException | Error e) {
                log.error("Working on {} failed; it is released.", this, e);
                settle(AcknowledgeType.RELEASE);
            }
        };
    }

    /** How it was settled, null before. */
    public AcknowledgeType settlement() {
        return settlement.get();
    }

    boolean settled() {
        return settlement.get() != null;
    }

    /** The broker took the record back, so another worker has it or will have it. */
    void markLost() {
        lost = true;
    }

    /** Whoever closed the batch reads records that carry outcomes of several items. */
    public void outcomesMayTravelTogether() {
        outcomesTogether = true;
    }

    public boolean outcomesTogether() {
        return outcomesTogether;
    }

    /** Working on it any further would only repeat what another worker does. */
    public boolean pointless() {
        return lost || settled();
    }

    @Override
    public String toString() {
        return record.topic() + "-" + record.partition() + "@" + record.offset();
    }
}
