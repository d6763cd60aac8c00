package io.unifluid.inference.unifluid;

import io.unifluid.inference.BatchOutcome;
import io.unifluid.inference.InferenceItem;
import io.unifluid.inference.ItemOutcome;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.ModelInfo;
import io.unifluid.inference.ModelLimits;
import io.unifluid.inference.Task;
import io.unifluid.inference.image.ImageSpec;
import io.unifluid.inference.image.ImageTensor;
import io.unifluid.inference.ort.GraphFailure;
import io.unifluid.inference.ort.OrtModel;
import io.unifluid.inference.ort.Tensor;
import io.unifluid.inference.support.Bisection;
import io.unifluid.inference.support.Prompts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A UniFluid bundle in memory. A batch becomes rows; rows that one graph can compute together do, whatever items they
 * belong to; equal pictures are encoded once.
 */
final class UniFluidModel implements LoadedModel {
    private final ModelInfo info;
    private final UniFluidSettings settings;
    private final Set<Task> tasks;
    private final Prompts prompts;
    private final OrtModel model;
    private final UniFluidGraphs graphs;
    private final Planner planner;
    private final Outcomes outcomes;
    private boolean closed;

    UniFluidModel(ModelBundle bundle, UniFluidSettings settings, Prompts prompts, OrtModel model) {
        this.info = new ModelInfo(
                bundle.family(),
                bundle.name(),
                bundle.version(),
                model.device().name(),
                model.device().reason());
        this.settings = settings;
        this.tasks = bundle.tasks();
        this.prompts = prompts;
        this.model = model;
        this.graphs = new UniFluidGraphs(model, settings);
        this.planner = new Planner(settings, tasks, prompts);
        this.outcomes = new Outcomes(settings, prompts);
    }

    @Override
    public ModelInfo info() {
        return info;
    }

    @Override
    public ModelLimits limits() {
        return settings.limits();
    }

    @Override
    public Set<Task> tasks() {
        return tasks;
    }

    @Override
    public ImageSpec imageSpec() {
        return settings.image();
    }

    @Override
    public synchronized BatchOutcome run(List<InferenceItem> batch) {
        if (closed) {
            throw new IllegalStateException("The model is closed.");
        }
        long before = model.runNanos();
        Padding padding = padding();
        List<Plan> plans = batch.stream().map(planner::plan).toList();
        int encoded =
                compute(plans.stream().flatMap(plan -> plan.rows().stream()).toList(), padding);
        List<ItemOutcome> items = plans.stream().map(outcomes::of).toList();
        return new BatchOutcome(items, (model.runNanos() - before) / 1e6, padding.share(), encoded);
    }

    private Padding padding() {
        return Padding.on(model.device(), settings);
    }

    /** Returns how many pictures were encoded. */
    private int compute(List<? extends Row> rows, Padding padding) {
        List<Row.Write> writes = new ArrayList<>();
        List<Row.Score> scores = new ArrayList<>();
        Map<Integer, List<Row.Draw>> generated = new TreeMap<>();
        Map<Integer, List<Row.Draw>> edited = new TreeMap<>();
        for (Row row : rows) {
            switch (row) {
                case Row.Write write -> writes.add(write);
                case Row.Score score -> scores.add(score);
                case Row.Draw draw ->
                    (draw.edits() ? edited : generated)
                            .computeIfAbsent(draw.steps, steps -> new ArrayList<>())
                            .add(draw);
            }
        }
        Map<ImageTensor, Tensor.Floats> features = encode(writes, scores);
        // Apart, since answers end long before captions do, and a run lasts as long as its longest row.
        for (Task task : List.of(Task.CAPTION, Task.VQA)) {
            run(
                    writes.stream()
                            .filter(row -> row.task == task && row.failure == null)
                            .toList(),
                    part -> graphs.write(part, features, padding));
        }
        run(scores.stream().filter(row -> row.failure == null).toList(), part -> graphs.score(part, features, padding));
        generated.values().forEach(group -> run(group, part -> graphs.draw(part, padding)));
        edited.values().forEach(group -> run(group, part -> graphs.draw(part, padding)));
        return features.size();
    }

    /** Encodes each different picture once; rows whose picture fails are marked failed. */
    private Map<ImageTensor, Tensor.Floats> encode(List<Row.Write> writes, List<Row.Score> scores) {
        Set<ImageTensor> images = new LinkedHashSet<>();
        writes.forEach(row -> images.add(row.image));
        scores.forEach(row -> images.add(row.image));
        Map<ImageTensor, Tensor.Floats> features = new HashMap<>();
        Map<ImageTensor, GraphFailure> failures = new HashMap<>();
        Bisection.run(
                List.copyOf(images),
                settings.limits().maxBatch(),
                part -> {
                    List<Tensor.Floats> encoded = graphs.encode(part);
                    for (int i = 0; i < part.size(); i++) {
                        features.put(part.get(i), encoded.get(i));
                    }
                },
                failures::put);
        writes.forEach(row -> row.failure = failures.get(row.image));
        scores.forEach(row -> row.failure = failures.get(row.image));
        return features;
    }

    /** Rows of like length share a part, so that one long prompt pads few others. */
    private <R extends Row> void run(List<R> rows, Consumer<List<R>> run) {
        List<R> sorted = rows.stream()
                .sorted(Comparator.comparingInt(row -> row.prompt.length))
                .toList();
        Bisection.run(sorted, settings.limits().maxBatch(), run, (row, failure) -> row.failure = failure);
    }

    @Override
    public synchronized void warmUp() {
        if (closed) {
            throw new IllegalStateException("The model is closed.");
        }
        WarmUp.run(tasks, model.device(), settings, graphs, padding());
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            model.close();
            prompts.close();
        }
    }
}
