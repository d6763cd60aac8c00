package io.unifluid.streams.event;

import java.time.Duration;

/**
 * How much of a stream thread's time goes into ending transactions. Where the brokers take long for one (copies on several
 * brokers, machines that are busy), transactions that end early would leave no time for what is to be in them, and everybody
 * waits longer by them. Belongs to its thread, whose processors share it.
 */
public final class CommitBudget {
    /** Of the time, that ending transactions may take, beyond what it always takes, before none ends early any more. */
    private static final double SHARE = 0.25;

    /** Twice what a broker takes that has nothing else to do: not counted, since nothing waits by it that would not wait anyway. */
    private static final long ALWAYS = Duration.ofMillis(20).toNanos();

    /** What is saved up for a moment in which many wait. */
    private static final long MOST = Duration.ofMillis(250).toNanos();

    private static final ThreadLocal<CommitBudget> OF_THREAD = ThreadLocal.withInitial(CommitBudget::new);

    private long left = MOST;
    private long countedUntil = System.nanoTime();

    /** Of the calling stream thread. */
    public static CommitBudget ofThread() {
        return OF_THREAD.get();
    }

    /** Ending a transaction has just taken so long. */
    public void spent(long nanos) {
        spent(nanos, System.nanoTime());
    }

    /** Whether one may end early now. */
    boolean allows() {
        return allows(System.nanoTime());
    }

    void spent(long nanos, long now) {
        save(now);
        left -= Math.max(0, nanos - ALWAYS);
    }

    boolean allows(long now) {
        save(now);
        return left > 0;
    }

    /** A debt is not more than what can be saved: after a broker's death it would be of no use for minutes. */
    private void save(long now) {
        left = Math.min(MOST, Math.max(-MOST, left) + (long) (SHARE * (now - countedUntil)));
        countedUntil = now;
    }
}
