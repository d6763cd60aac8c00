package io.unifluid.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for something to become true. */
public final class Await {
    /** What must come is waited for as long as this: only a fault makes a test wait so long, and a slow machine is none. */
    public static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final Duration PAUSE = Duration.ofMillis(20);

    private Await() {}

    /**
     * Returns as soon as the condition holds. What the condition throws counts as "not yet".
     *
     * @throws AssertionError naming {@code what} when it does not hold within {@link #PATIENCE}, with the last exception as its
     *     cause
     */
    public static void until(String what, Callable<Boolean> condition) {
        until(what, PATIENCE, condition);
    }

    /** Likewise, with a limit of its own. */
    public static void until(String what, Duration atMost, Callable<Boolean> condition) {
        until(what, atMost, PAUSE, condition);
    }

    /** Likewise, where to look costs so much that it is done seldom: with so long a pause between. */
    public static void until(String what, Duration atMost, Duration pause, Callable<Boolean> condition) {
        var end = System.nanoTime() + atMost.toNanos();
        Throwable last = null;
        do {
            try {
                if (condition.call()) {
                    return;
                }
                last = null;
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("Interrupted while waiting for " + what + ".", e);
            } catch (Exception | AssertionError e) {
                last = e;
                pause(pause);
            }
        } while (System.nanoTime() < end);
        throw new AssertionError("Waited " + atMost + " in vain for " + what + ".", last);
    }

    private static void pause(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
