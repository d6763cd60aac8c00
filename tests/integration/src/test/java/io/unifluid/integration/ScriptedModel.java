package io.unifluid.integration;

import io.unifluid.inference.BatchOutcome;
import io.unifluid.inference.InferenceItem;
import io.unifluid.inference.InferenceItem.EditItem;
import io.unifluid.inference.InferenceItem.GenerateItem;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelInfo;
import io.unifluid.inference.ModelLimits;
import io.unifluid.inference.Models;
import io.unifluid.inference.Task;
import io.unifluid.inference.image.ImageSpec;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** The no-op model, and something that happens before it runs a prompt. */
final class ScriptedModel implements LoadedModel {
    private final LoadedModel noOp = Models.noOp();
    private final Consumer<String> onPrompt;

    /** @param onPrompt told each prompt on the device's thread */
    ScriptedModel(Consumer<String> onPrompt) {
        this.onPrompt = onPrompt;
    }

    @Override
    public BatchOutcome run(List<InferenceItem> batch) {
        for (var item : batch) {
            switch (item) {
                case GenerateItem generate -> onPrompt.accept(generate.prompt());
                case EditItem edit -> onPrompt.accept(edit.instruction());
                default -> {}
            }
        }
        return noOp.run(batch);
    }

    @Override
    public ModelInfo info() {
        return noOp.info();
    }

    @Override
    public ModelLimits limits() {
        return noOp.limits();
    }

    @Override
    public Set<Task> tasks() {
        return noOp.tasks();
    }

    @Override
    public ImageSpec imageSpec() {
        return noOp.imageSpec();
    }

    @Override
    public void warmUp() {
        noOp.warmUp();
    }

    @Override
    public void close() {
        noOp.close();
    }
}
