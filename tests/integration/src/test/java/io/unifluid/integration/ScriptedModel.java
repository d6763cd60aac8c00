package io.unifluid.integration;

import io.unifluid.inference.BatchOutcome;
import io.unifluid.inference.InferenceItem;
import io.unifluid.inference.InferenceItem.EditItem;
import io.unifluid.inference.InferenceItem.GenerateItem;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelInfo;
import io.unifluid.inference.ModelLimits;
import io.unifluid.inference.Task;
import io.unifluid.inference.families.Models;
import io.unifluid.inference.image.ImageSpec;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** The no-op model, and something that happens before it runs a prompt. */
final class ScriptedModel implements LoadedModel {
    private final LoadedModel noOp = Models.noOp();
    private final ModelInfo info;
    private final Consumer<String> onPrompt;

    /** @param onPrompt told each prompt on the device's thread */
    ScriptedModel(Consumer<String> onPrompt) {
        this(Models.noOp().info(), onPrompt);
    }

    private ScriptedModel(ModelInfo info, Consumer<String> onPrompt) {
        this.info = info;
        this.onPrompt = onPrompt;
    }

    /** The no-op model under another name and version. */
    static ScriptedModel named(String name, String version) {
        return new ScriptedModel(new ModelInfo("noop", name, version, "cpu", "It computes nothing."), _ -> {});
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
        return info;
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
    public int callers() {
        return noOp.callers();
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
