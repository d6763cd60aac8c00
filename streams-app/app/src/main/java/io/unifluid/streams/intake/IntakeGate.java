package io.unifluid.streams.intake;

import io.unifluid.schemas.Topics;
import io.unifluid.streams.config.StreamsSettings;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.streams.processor.TaskId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leaves new requests unread in their topics while as many are unfinished as this process has memory for: they are safe there,
 * and nothing is refused. Bulk is held back first, interactive requests when a fifth more are unfinished. Thread-safe.
 */
public final class IntakeGate {
    /** Of heap, for the indexes of lifecycle and batching; RATIONALE.md says how it was measured. */
    private static final long BYTES_EACH = 700;
    /** With room for those of another instance that ends, and for all else. */
    private static final long SHARE_OF_HEAP = 3;
    /** What is held back is read again when so much of the limit is left, so that it does not change with each request. */
    private static final double READ_AGAIN = 0.9;

    private static final double INTERACTIVE = 1.2;
    /** A backlog that is worked off changes it many times. */
    private static final long TOLD_EVERY_NANOS = Duration.ofMinutes(1).toNanos();

    private static final Logger LOG = LoggerFactory.getLogger(IntakeGate.class);

    private final long most;
    private final Map<TaskId, AtomicInteger> unfinished = new ConcurrentHashMap<>();
    private final Set<TaskId> counting = ConcurrentHashMap.newKeySet();
    private final Map<String, Boolean> held = new ConcurrentHashMap<>();
    private final Map<String, Long> toldAt = new ConcurrentHashMap<>();

    /** @param most unfinished requests of this process at which bulk is held back */
    public IntakeGate(long most) {
        this.most = most;
    }

    public static IntakeGate of(StreamsSettings settings) {
        return new IntakeGate(settings.maxUnfinished()
                .orElseGet(() ->
                        Math.clamp(Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP / BYTES_EACH, 1_000, 100_000_000)));
    }

    /** Where a task counts its unfinished requests, from 0; until they are {@link #counted}, no more bulk is read. */
    public AtomicInteger counter(TaskId task) {
        var counter = new AtomicInteger();
        counting.add(task);
        unfinished.put(task, counter);
        return counter;
    }

    /** A task has counted what it found at its start. */
    public void counted(TaskId task) {
        counting.remove(task);
    }

    /** The task went elsewhere. */
    public void forget(TaskId task) {
        counting.remove(task);
        unfinished.remove(task);
    }

    public long unfinished() {
        return unfinished.values().stream().mapToLong(AtomicInteger::get).sum();
    }

    /** Topics that are held back now. */
    public long topicsHeld() {
        return held.values().stream().filter(is -> is).count();
    }

    /** Whether nothing new is to be read of the topic now. */
    public boolean holds(String topic) {
        if (!Topics.isIntake(topic)) {
            return false;
        }
        boolean bulk = topic.equals(Topics.REQUESTS.name());
        if (bulk && !counting.isEmpty()) {
            return true;
        }
        double limit = most * (bulk ? 1 : INTERACTIVE);
        return held.compute(topic, (_, before) -> held(topic, Boolean.TRUE.equals(before), limit));
    }

    private boolean held(String topic, boolean before, double limit) {
        long count = unfinished();
        boolean now = count >= (before ? limit * READ_AGAIN : limit);
        if (now && !before) {
            toldAt.compute(topic, (_, told) -> toldLately(told) ? told : tell(topic, count, limit));
        }
        return now;
    }

    private static boolean toldLately(Long nanos) {
        return nanos != null && System.nanoTime() - nanos < TOLD_EVERY_NANOS;
    }

    private static long tell(String topic, long count, double limit) {
        LOG.warn(
                "{} requests are unfinished; new ones wait in {} until there are fewer than {} (max-unfinished)",
                count,
                topic,
                Math.round(limit * READ_AGAIN));
        return System.nanoTime();
    }
}
