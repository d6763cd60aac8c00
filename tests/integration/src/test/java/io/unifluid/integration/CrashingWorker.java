package io.unifluid.integration;

import io.unifluid.worker.WorkerRunner;
import io.unifluid.worker.config.WorkerSettings;
import java.time.Duration;

/** A worker as a process that ends at once, as by a native crash, when it runs a prompt with "poison" in it. */
public final class CrashingWorker {
    private static final int SEGMENTATION_FAULT = 139;

    private CrashingWorker() {}

    /** @param arguments bootstrap servers, registry, blob store, name */
    public static void main(String[] arguments) throws Exception {
        var settings = WorkerSettings.of(arguments[0], arguments[1], "noop", arguments[2])
                .withWorker(arguments[3]);
        var worker = new WorkerRunner(
                settings,
                () -> new ScriptedModel(prompt -> {
                    if (prompt.contains("poison")) {
                        Runtime.getRuntime().halt(SEGMENTATION_FAULT);
                    }
                }));
        worker.start();
        worker.awaitReady(Duration.ofMinutes(1));
        while (System.in.read() >= 0) {
            // the parent lives
        }
        worker.close();
        System.exit(0);
    }
}
