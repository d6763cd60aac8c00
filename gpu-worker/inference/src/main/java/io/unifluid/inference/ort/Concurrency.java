package io.unifluid.inference.ort;

import io.unifluid.inference.ModelOptions;

/**
 * How many runs share a device at once, and how the cores are shared among them.
 *
 * @param callers runs at once, each by a thread of its own
 * @param threads of each run inside one operator; 0 leaves it to ONNX Runtime
 */
public record Concurrency(int callers, int threads) {
    /** Each caller holds a batch, and memory for it, so that a large machine is better filled with threads. */
    static final int MOST_CALLERS = 8;

    static Concurrency of(ModelOptions options, Device.Kind kind) {
        return of(options, kind, Runtime.getRuntime().availableProcessors());
    }

    /** On a CPU a second thread inside an operator brings less than a second run beside it; a GPU is filled by one run. */
    static Concurrency of(ModelOptions options, Device.Kind kind, int cores) {
        return switch (kind) {
            case CPU -> {
                int asked = options.intraOpThreads();
                int callers = options.callers() > 0
                        ? options.callers()
                        : Math.clamp(asked > 0 ? cores / asked : cores, 1, MOST_CALLERS);
                yield new Concurrency(callers, asked > 0 ? asked : Math.max(1, cores / callers));
            }
            case CUDA -> new Concurrency(Math.max(1, options.callers()), options.intraOpThreads());
        };
    }

    String sentence() {
        return "It takes " + (callers == 1 ? "one batch" : callers + " batches") + " at once"
                + (threads == 0 ? "." : ", with " + (threads == 1 ? "one thread" : threads + " threads") + " each.");
    }
}
