package io.unifluid.worker;

import io.micronaut.context.exceptions.ConfigurationException;
import io.unifluid.inference.BundleException;
import io.unifluid.worker.config.WorkerStartException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * The worker as a process of its own. SIGTERM and Ctrl-C end it in order (status 143 and 130, as of any JVM). It ends by
 * itself with 2 if it cannot start (one sentence says why), with 1 if it became useless and should be started anew.
 */
public final class WorkerApp {
    private static final Duration READY_WITHIN = Duration.ofSeconds(60);
    private static final Duration CHECK_EVERY = Duration.ofSeconds(2);

    private WorkerApp() {}

    public static void main(String[] arguments) throws InterruptedException {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "logback-worker.xml");
        }
        try {
            WorkerRunner runner = WorkerRunner.ofProcess(System.getenv());
            CountDownLatch ended = new CountDownLatch(1);
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(
                            () -> {
                                runner.close();
                                ended.countDown();
                            },
                            "worker-end"));
            runner.start();
            if (!runner.awaitReady(READY_WITHIN)) {
                fail(
                        2,
                        "The worker could not join its share groups within " + READY_WITHIN.toSeconds() + " s"
                                + runner.illness().map(why -> ": " + why).orElse("; check the broker."));
            }
            System.out.printf(
                    "worker ready (model %s %s on %s)%n",
                    runner.model().name(),
                    runner.model().version(),
                    runner.model().device());
            while (runner.illness().isEmpty()) {
                if (ended.await(CHECK_EVERY.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
            fail(1, runner.illness().orElse(""));
        } catch (WorkerStartException | BundleException | IllegalArgumentException | ConfigurationException e) {
            fail(2, e.getMessage());
        }
    }

    private static void fail(int status, String sentence) {
        System.err.println("worker: " + sentence);
        System.exit(status);
    }
}
