package io.unifluid.moderation;

import io.unifluid.moderation.config.ModerationContext;
import io.unifluid.streams.running.TopologyProcess;

/**
 * The process: settings from {@code application.yml}, system properties and environment variables, one line when it is ready.
 * Ends as {@link TopologyProcess} says.
 */
public final class ModerationApp {
    public static void main(String[] arguments) throws InterruptedException {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "logback-moderation.xml");
        }
        TopologyProcess.run("moderation", () -> new ModerationRunner(ModerationContext.ofProcess(System.getenv())));
    }

    private ModerationApp() {}
}
