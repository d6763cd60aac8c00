package io.unifluid.worker.config;

import io.unifluid.inference.ModelOptions;
import java.time.Duration;

/**
 * What to run.
 *
 * @param location the folder of a bundle, or {@code noop}
 * @param options device and threads
 * @param warmUp run every bucketed shape once before the first batch
 * @param stuckAfter a run that takes longer is given up: its batch is released and the worker reports itself unhealthy
 */
public record ModelSettings(String location, ModelOptions options, boolean warmUp, Duration stuckAfter) {
    /** Device AUTO, warmed up, stuck after 10 minutes. */
    public static ModelSettings of(String location) {
        return new ModelSettings(location, ModelOptions.defaults(), true, Duration.ofMinutes(10));
    }
}
