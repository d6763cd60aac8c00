package io.unifluid.stack;

import io.unifluid.schemas.access.EnvironmentProblem;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/** Waits for a child to be ready, and notices when it ends instead. */
final class Readiness {
    private static final Duration PAUSE = Duration.ofMillis(50);
    /** And again after twice the time. */
    private static final Duration FIRST_SAID = Duration.ofSeconds(5);

    private Readiness() {}

    /**
     * What the check throws counts as "not yet".
     *
     * @param news one line now and then, for people who wait
     * @throws EnvironmentProblem when the child ends, or is not ready in time
     */
    static void await(ChildProcess child, Duration atMost, Callable<Boolean> check, Consumer<String> news) {
        var begin = System.nanoTime();
        var end = begin + atMost.toNanos();
        var next = begin + FIRST_SAID.toNanos();
        Exception last = null;
        while (System.nanoTime() < end) {
            child.requireAlive();
            if (System.nanoTime() >= next) {
                news.accept("still waiting for the " + child.component().title() + " ("
                        + Duration.ofNanos(System.nanoTime() - begin).toSeconds() + " s)");
                next += next - begin;
            }
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
