package io.unifluid.worker.config;

import io.unifluid.inference.BundleException;
import io.unifluid.service.config.Refusals;

/** What keeps a worker from its start, in one sentence. */
public final class Sentences {
    private Sentences() {}

    /**
     * What a bean refused, without what the container said around it.
     *
     * @return the first cause that has a sentence of our own, else what came
     */
    public static RuntimeException unwrapped(RuntimeException failure) {
        return Refusals.unwrapped(
                failure, WorkerStartException.class, BundleException.class, IllegalArgumentException.class);
    }
}
