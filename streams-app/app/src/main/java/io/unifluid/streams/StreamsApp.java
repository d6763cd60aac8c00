package io.unifluid.streams;

import io.unifluid.schemas.access.Variables;
import io.unifluid.streams.config.PassedThrough;
import io.unifluid.streams.config.StreamsContext;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process: settings from {@code application.yml}, system properties, the command line and environment variables, one
 * line when it is ready. Ends with 0 when it was asked to stop, 1 when it failed, 2 when it could not start.
 */
public final class StreamsApp {
    private static final Logger LOG = LoggerFactory.getLogger(StreamsApp.class);
    private static final Duration READY_WITHIN = Duration.ofMinutes(5);
    private static final int FAILED = 1;
    private static final int CANNOT_START = 2;

    public static void main(String[] args) throws InterruptedException {
        Variables.unread(System.getenv(), StreamsContext.VARIABLE_PREFIX, PassedThrough.KAFKA)
                .forEach(LOG::warn);
        try (var app = new StreamsAppRunner(StreamsContext.ofProcess(args, System.getenv()))) {
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
            System.err.println("streams-app: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
            System.exit(CANNOT_START);
        }
    }

    private StreamsApp() {}
}
