package io.unifluid.worker.pipeline;

import io.unifluid.inference.BatchOutcome;
import io.unifluid.inference.InferenceItem;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelInfo;
import io.unifluid.inference.ModelLimits;
import io.unifluid.inference.Task;
import io.unifluid.inference.image.ImageSpec;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** A model that behaves as the test says. */
public record ScriptedModel(LoadedModel model, int callers, Function<List<InferenceItem>, BatchOutcome> script)
        implements LoadedModel {
    @Override
    public BatchOutcome run(List<InferenceItem> batch) {
        return script.apply(batch);
    }

    @Override
    public ModelInfo info() {
        return model.info();
    }

    @Override
    public ModelLimits limits() {
        return model.limits();
    }

    @Override
    public Set<Task> tasks() {
        return model.tasks();
    }

    @Override
    public ImageSpec imageSpec() {
        return model.imageSpec();
    }

    @Override
    public void warmUp() {}

    @Override
    public void close() {
        model.close();
    }
}
