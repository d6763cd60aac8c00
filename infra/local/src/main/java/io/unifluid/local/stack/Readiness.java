package io.unifluid.local.stack;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for a child to be ready, and notices when it ends instead. */
final class Readiness {
    private static final Duration PAUSE = Duration.ofMillis(50);

    private Readiness() {}

    /**
     * What the check throws counts as "not yet".
     *
     * @throws EnvironmentProblem when the child ends, or is not ready in time
     */
    static void await(ChildProcess child, Duration atMost, Callable<Boolean> check) {
        var end = System.nanoTime() + atMost.toNanos();
        Exception last = null;
        while (System.nanoTime() < end) {
            child.requireAlive();
            try {
                if (check.call()) {
                    return;
                }
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new EnvironmentProblem("Interrupted while the stack was starting.", e);
            } catch (Exception e) {
                last = e;
                pause();
            }
        }
        throw new EnvironmentProblem(
                "The " + child.component().title() + " was not ready after " + atMost.toSeconds()
                        + " s: see its log, or try again on a less busy machine.",
                last);
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
