package io.unifluid.inference.unifluid;

import io.unifluid.inference.BatchOutcome;
import io.unifluid.inference.InferenceItem;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.ModelCard;
import io.unifluid.inference.ModelInfo;
import io.unifluid.inference.ModelLimits;
import io.unifluid.inference.Task;
import io.unifluid.inference.image.ImageSpec;
import io.unifluid.inference.image.ImageTensor;
import io.unifluid.inference.ort.OrtModel;
import io.unifluid.inference.ort.Tensor;
import io.unifluid.inference.support.Bisection;
import io.unifluid.inference.support.Callers;
import io.unifluid.inference.support.Lifetime;
import io.unifluid.inference.support.Prompts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A UniFluid bundle in memory. A batch becomes rows; rows that one graph can compute together do, whatever items they
 * belong to; equal pictures are encoded once. Where callers are free, a batch's rows are shared among them.
 */
final class UniFluidModel implements LoadedModel {
    private final ModelInfo info;
    private final ModelCard card;
    private final UniFluidSettings settings;
    private final Set<Task> tasks;
    private final Prompts prompts;
    private final OrtModel model;
    private final Callers callers;
    private final Planner planner;
    private final Outcomes outcomes;
    private final Optional<DomainMeasure> domain;
    private final Lifetime lifetime = new Lifetime();

    /** What came of one share of a batch, beside its rows. */
    private record Computed(
            int encoded, Map<ImageTensor, OptionalDouble> domains, Padding padding, long graphNanos, long nanos) {}

    UniFluidModel(
            ModelBundle bundle,
            UniFluidSettings settings,
            Prompts prompts,
            OrtModel model,
            Optional<DomainMeasure> domain) {
        this.info = model.info(bundle);
        this.card = bundle.card();
        this.settings = settings;
        this.tasks = bundle.tasks();
        this.prompts = prompts;
        this.model = model;
        this.callers = new Callers(model.concurrency().callers());
        this.planner = new Planner(settings, tasks, prompts);
        this.outcomes = new Outcomes(settings, prompts);
        this.domain = domain;
    }

    @Override
    public ModelInfo info() {
        return info;
    }

    @Override
    public ModelCard card() {
        return card;
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
    public int callers() {
        return callers.count();
    }

    @Override
    public BatchOutcome run(List<InferenceItem> batch) {
        return lifetime.whileOpen(() -> {
            List<Plan> plans = batch.stream().map(planner::plan).toList();
            List<Row> rows =
                    plans.stream().<Row>flatMap(plan -> plan.rows().stream()).toList();
            List<Computed> shares = callers.run(most -> Shares.of(rows, most), this::compute);
            Map<ImageTensor, OptionalDouble> domains = new HashMap<>();
            shares.forEach(share -> domains.putAll(share.domains()));
            return new BatchOutcome(
                    plans.stream().map(outcomes::of).toList(),
                    shares.stream().mapToLong(Computed::graphNanos).max().orElse(0) / 1e6,
                    Padding.share(shares.stream().map(Computed::padding).toList()),
                    shares.stream().mapToInt(Computed::encoded).sum(),
                    shares.stream().mapToLong(Computed::nanos).sum() / 1e6,
                    batch.stream()
                            .map(item -> picture(item)
                                    .map(image -> domains.getOrDefault(image, OptionalDouble.empty()))
                                    .orElse(OptionalDouble.empty()))
                            .toList());
        });
    }

    private static Optional<ImageTensor> picture(InferenceItem item) {
        return switch (item) {
            case InferenceItem.CaptionItem caption -> Optional.of(caption.image());
            case InferenceItem.VqaItem vqa -> Optional.of(vqa.image());
            case InferenceItem.EditItem edit -> Optional.of(edit.image());
            case InferenceItem.GenerateItem _ -> Optional.empty();
        };
    }

    private Computed compute(List<Row> rows) {
        long start = System.nanoTime();
        OrtModel.Caller caller = model.caller();
        Padding padding = padding();
        UniFluidGraphs graphs = new UniFluidGraphs(caller, settings);
        Map<ImageTensor, Tensor.Floats> features = compute(rows, graphs, padding);
        Map<ImageTensor, OptionalDouble> domains = domains(rows, features, graphs);
        return new Computed(features.size(), domains, padding, caller.nanos(), System.nanoTime() - start);
    }

    /** Of all pictures of the rows; those that are edited are encoded for it, since their own graph gives no features. */
    private Map<ImageTensor, OptionalDouble> domains(
            List<Row> rows, Map<ImageTensor, Tensor.Floats> features, UniFluidGraphs graphs) {
        Map<ImageTensor, OptionalDouble> domains = new HashMap<>();
        domain.ifPresent(measure -> {
            Set<ImageTensor> sources = new LinkedHashSet<>();
            for (Row row : rows) {
                if (row instanceof Row.Draw draw && draw.edits() && !features.containsKey(draw.source)) {
                    sources.add(draw.source);
                }
            }
            Map<ImageTensor, Tensor.Floats> all = new HashMap<>(features);
            all.putAll(Bisection.each(List.copyOf(sources), settings.limits().maxBatch(), graphs::encode)
                    .values());
            all.forEach((image, encoded) -> domains.put(image, measure.of(image, encoded)));
        });
        return domains;
    }

    private Padding padding() {
        return Padding.on(model.device(), settings);
    }

    /** Returns the features of the pictures that were encoded. */
    private Map<ImageTensor, Tensor.Floats> compute(List<Row> rows, UniFluidGraphs graphs, Padding padding) {
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
        Map<ImageTensor, Tensor.Floats> features = encode(writes, scores, graphs);
        // Apart, since answers end long before captions do, and a run lasts as long as its longest row.
        for (Task task : List.of(Task.CAPTION, Task.VQA)) {
            run(
                    writes.stream()
                            .filter(row -> row.task == task && row.failure == null)
                            .toList(),
                    part -> graphs.write(part, features, padding));
        }
        score(scores.stream().filter(row -> row.failure == null).toList(), graphs, features, padding);
        generated.values().forEach(group -> run(group, part -> graphs.draw(part, padding)));
        edited.values().forEach(group -> run(group, part -> graphs.draw(part, padding)));
        return features;
    }

    private void score(
            List<Row.Score> rows, UniFluidGraphs graphs, Map<ImageTensor, Tensor.Floats> features, Padding padding) {
        if (!graphs.packs()) {
            run(rows, part -> graphs.score(part, features, padding));
            return;
        }
        List<Pack> packs = Pack.of(rows).stream()
                .sorted(Comparator.comparingInt(Pack::width))
                .toList();
        Bisection.run(
                packs,
                settings.limits().maxBatch(),
                part -> graphs.scorePacked(part, features, padding),
                (pack, failure) -> pack.rows().forEach(row -> row.failure = failure));
    }

    /** Encodes each different picture once; rows whose picture fails are marked failed. */
    private Map<ImageTensor, Tensor.Floats> encode(
            List<Row.Write> writes, List<Row.Score> scores, UniFluidGraphs graphs) {
        Set<ImageTensor> images = new LinkedHashSet<>();
        writes.forEach(row -> images.add(row.image));
        scores.forEach(row -> images.add(row.image));
        var encoded = Bisection.each(List.copyOf(images), settings.limits().maxBatch(), graphs::encode);
        writes.forEach(row -> row.failure = encoded.failures().get(row.image));
        scores.forEach(row -> row.failure = encoded.failures().get(row.image));
        return encoded.values();
    }

    /** Rows of like length share a part, so that one long prompt pads few others. */
    private <R extends Row> void run(List<R> rows, Consumer<List<R>> run) {
        List<R> sorted = rows.stream()
                .sorted(Comparator.comparingInt(row -> row.prompt.length))
                .toList();
        Bisection.run(sorted, settings.limits().maxBatch(), run, (row, failure) -> row.failure = failure);
    }

    @Override
    public void warmUp() {
        lifetime.whileOpen(() -> callers.run(most -> List.of(most), _ -> {
            WarmUp.run(tasks, model.device(), settings, new UniFluidGraphs(model.caller(), settings), padding());
            return null;
        }));
    }

    @Override
    public void close() {
        lifetime.close(() -> {
            callers.close();
            model.close();
            prompts.close();
        });
    }
}
