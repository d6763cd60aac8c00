package io.unifluid.inference;

import io.unifluid.inference.image.ImageSpec;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A model in memory, ready to run. Any number of threads may call {@link #run}; the owner closes it. */
public interface LoadedModel extends AutoCloseable {
    ModelInfo info();

    /** What the model says of itself, as its bundle has it; of one that is no bundle's, its name and version. */
    default ModelCard card() {
        return new ModelCard(info().name(), info().version(), Optional.empty());
    }

    ModelLimits limits();

    /** The tasks this model was trained for; an item of another task fails with BAD_INPUT. */
    Set<Task> tasks();

    /** Batches that run at once: with as many threads in {@link #run} the device is full. */
    int callers();

    /** What pictures must be decoded to: hand it to an {@link io.unifluid.inference.image.ImageDecoder}. */
    ImageSpec imageSpec();

    /**
     * Runs a batch, in which tasks may be mixed. There is one outcome per item in the same order; what goes wrong
     * with an item becomes its {@link ItemOutcome.ItemFailure} and touches no other item. Waits while as many batches run
     * as there are {@link #callers}; where some of those are free, a batch may be spread over them.
     *
     * @throws IllegalStateException if the model is closed
     */
    BatchOutcome run(List<InferenceItem> batch);

    /** Runs every bucketed shape once, so that the first request is as fast as the others. */
    void warmUp();

    /** Waits for the runs that are under way. */
    @Override
    void close();
}
