package io.unifluid.moderation;

import io.unifluid.moderation.config.ModerationContext;
import java.time.Duration;

/**
 * The process: settings from {@code application.yml}, system properties and environment variables, one line when it is ready.
 * Ends with 0 when it was asked to stop, 1 when it failed, 2 when it could not start.
 */
public final class ModerationApp {
    private static final Duration READY_WITHIN = Duration.ofMinutes(5);
    private static final int FAILED = 1;
    private static final int CANNOT_START = 2;

    public static void main(String[] arguments) throws InterruptedException {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "logback-moderation.xml");
        }
        try (var app = new ModerationRunner(ModerationContext.ofProcess(System.getenv()))) {
            Runtime.getRuntime().addShutdownHook(new Thread(app::close, "close"));
            app.start();
            if (!app.awaitReady(READY_WITHIN)) {
                throw new IllegalStateException(app.refusal()
                        .orElse("The app was not ready within " + READY_WITHIN.toMinutes() + " minutes: see its log."));
            }
            System.out.println("moderation ready");
            app.awaitEnd();
            if (app.failed()) {
                System.exit(FAILED);
            }
        } catch (RuntimeException e) {
            System.err.println("moderation: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
            System.exit(CANNOT_START);
        }
    }

    private ModerationApp() {}
}
