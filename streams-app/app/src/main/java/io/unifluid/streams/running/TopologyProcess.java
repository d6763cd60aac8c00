package io.unifluid.streams.running;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * The process around one topology: one line when it is ready. Ends with 0 when it was asked to stop, 1 when it failed, 2
 * when it could not start, which it says in one sentence.
 */
public final class TopologyProcess {
    private static final Duration READY_WITHIN = Duration.ofMinutes(5);
    private static final int FAILED = 1;
    private static final int CANNOT_START = 2;

    private TopologyProcess() {}

    /** @param name stands before what it says */
    public static void run(String name, Supplier<? extends TopologyRunner> configured) throws InterruptedException {
        try (var app = configured.get()) {
            Runtime.getRuntime().addShutdownHook(new Thread(app::close, "close"));
            app.start();
            if (!app.awaitReady(READY_WITHIN)) {
                throw new IllegalStateException(app.refusal()
                        .orElse("The app was not ready within " + READY_WITHIN.toMinutes() + " minutes: see its log."));
            }
            System.out.println(name + " ready");
            app.awaitEnd();
            if (app.failed()) {
                System.exit(FAILED);
            }
        } catch (RuntimeException e) {
            System.err.println(name + ": " + (e.getMessage() == null ? e.toString() : e.getMessage()));
            System.exit(CANNOT_START);
        }
    }
}
