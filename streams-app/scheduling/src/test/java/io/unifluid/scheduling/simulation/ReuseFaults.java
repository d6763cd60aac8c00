package io.unifluid.scheduling.simulation;

import io.unifluid.scheduling.reuse.AttemptOutcome;
import java.util.function.UnaryOperator;

/**
 * What is broken about reuse in a run, to see that it is found out.
 *
 * @param hearing what batching takes an ending for
 * @param naming what batching takes a key for
 * @param sweeps whether it looks for those that were never heard of again
 */
record ReuseFaults(UnaryOperator<AttemptOutcome> hearing, UnaryOperator<String> naming, boolean sweeps) {
    static ReuseFaults none() {
        return new ReuseFaults(UnaryOperator.identity(), UnaryOperator.identity(), true);
    }
}
