package io.unifluid.streams;

import java.time.Duration;

/**
 * The process: settings from environment variables, {@code application.yml} and the command line, one runner, one line
 * when it is ready. Ends with 0 when it was asked to stop, 1 when it failed, 2 when it could not start.
 */
public final class StreamsApp {
    private static final Duration READY_WITHIN = Duration.ofMinutes(5);
    private static final int FAILED = 1;
    private static final int CANNOT_START = 2;

    public static void main(String[] args) throws InterruptedException {
        try (var context = io.unifluid.streams.config.StreamsContext.ofProcess(args, System.getenv())
                        .start();
                var app = context.getBean(StreamsAppRunner.class)) {
            Runtime.getRuntime().addShutdownHook(new Thread(app::close, "close"));
            app.start();
            if (!app.awaitReady(READY_WITHIN)) {
                throw new IllegalStateException(app.refusal()
                        .orElse("The app was not ready within " + READY_WITHIN.toMinutes() + " minutes: see its log."));
            }
            System.out.println("streams-app ready");
            app.awaitEnd();
            if (app.failed()) {
                System.exit(FAILED);
            }
        } catch (RuntimeException e) {
            System.err.println("streams-app: " + sentence(e));
            System.exit(CANNOT_START);
        }
    }

    /** Micronaut wraps what a bean's constructor throws; the first cause of our own says it best. */
    private static String sentence(Throwable failure) {
        var ours = failure;
        while (ours.getCause() != null
                && !(ours instanceof IllegalArgumentException)
                && !(ours instanceof IllegalStateException)) {
            ours = ours.getCause();
        }
        return ours.getMessage() == null ? ours.toString() : ours.getMessage();
    }

    private StreamsApp() {}
}
