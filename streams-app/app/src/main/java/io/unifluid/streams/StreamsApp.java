package io.unifluid.streams;

import io.unifluid.schemas.access.Variables;
import io.unifluid.streams.config.PassedThrough;
import io.unifluid.streams.config.StreamsContext;
import io.unifluid.streams.running.TopologyProcess;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process: settings from {@code application.yml}, system properties, the command line and environment variables, one
 * line when it is ready. Ends as {@link TopologyProcess} says.
 */
public final class StreamsApp {
    private static final Logger LOG = LoggerFactory.getLogger(StreamsApp.class);

    public static void main(String[] args) throws InterruptedException {
        Variables.unread(System.getenv(), StreamsContext.VARIABLE_PREFIX, PassedThrough.KAFKA)
                .forEach(LOG::warn);
        TopologyProcess.run("streams-app", () -> new StreamsAppRunner(StreamsContext.ofProcess(args, System.getenv())));
    }

    private StreamsApp() {}
}
