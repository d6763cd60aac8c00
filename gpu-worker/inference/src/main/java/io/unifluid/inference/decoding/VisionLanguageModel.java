package io.unifluid.inference.decoding;

import io.unifluid.inference.BatchOutcome;
import io.unifluid.inference.FailureCause;
import io.unifluid.inference.InferenceItem;
import io.unifluid.inference.ItemOutcome;
import io.unifluid.inference.ItemOutcome.AnswerResult;
import io.unifluid.inference.ItemOutcome.CaptionResult;
import io.unifluid.inference.ItemOutcome.ChoiceScore;
import io.unifluid.inference.ItemOutcome.ImagesResult;
import io.unifluid.inference.ItemOutcome.ItemFailure;
import io.unifluid.inference.ItemOutcome.RenderedImage;
import io.unifluid.inference.ItemOutcome.VqaResult;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.ModelCard;
import io.unifluid.inference.ModelInfo;
import io.unifluid.inference.ModelLimits;
import io.unifluid.inference.Task;
import io.unifluid.inference.image.ImageSpec;
import io.unifluid.inference.image.ImageTensor;
import io.unifluid.inference.ort.GraphFailure;
import io.unifluid.inference.ort.OrtModel;
import io.unifluid.inference.ort.Tensor;
import io.unifluid.inference.support.Bisection;
import io.unifluid.inference.support.Callers;
import io.unifluid.inference.support.Lifetime;
import io.unifluid.inference.support.Png;
import io.unifluid.inference.support.Softmax;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A public model in memory that reads a picture and writes text. A batch becomes prompts; equal pictures are encoded once,
 * equal prompts read once, and what comes after a prompt goes on from there: texts, and answers to closed questions. A model that
 * draws does so apart from them.
 */
public final class VisionLanguageModel implements LoadedModel {
    private static final Logger LOG = LoggerFactory.getLogger(VisionLanguageModel.class);

    private final ModelInfo info;
    private final ModelCard card;
    private final Settings settings;
    private final Set<Task> tasks;
    private final Tokens tokens;
    private final OrtModel model;
    private final Dialect dialect;
    private final Reader reader;
    private final Optional<Painter> painter;
    private final Callers callers;
    private final Lifetime lifetime = new Lifetime();

    /** What came of a batch, beside its prompts and sketches. */
    record Computed(int encoded, Padding padding, long graphNanos, long nanos) {}

    /** Takes over {@code tokens} and {@code model}. */
    public VisionLanguageModel(
            ModelBundle bundle,
            Settings settings,
            Tokens tokens,
            OrtModel model,
            Dialect dialect,
            Reader reader,
            Optional<Painter> painter) {
        this.info = model.info(bundle);
        this.card = bundle.card();
        this.settings = settings;
        this.tasks = bundle.tasks();
        this.tokens = tokens;
        this.model = model;
        this.dialect = dialect;
        this.reader = reader;
        this.painter = painter;
        this.callers = new Callers(model.concurrency().callers());
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
            Planner planner = planner();
            List<Planner.Plan> plans = batch.stream().map(planner::plan).toList();
            Computed computed =
                    callers.run(_ -> List.of(planner), this::compute).getFirst();
            return new BatchOutcome(
                    plans.stream().map(this::outcome).toList(),
                    computed.graphNanos() / 1e6,
                    Padding.share(List.of(computed.padding())),
                    computed.encoded(),
                    computed.nanos() / 1e6);
        });
    }

    Planner planner() {
        return new Planner(settings, tasks, tokens, dialect);
    }

    Computed compute(Planner planner) {
        List<Prompt> prompts = planner.prompts();
        long start = System.nanoTime();
        OrtModel.Caller caller = model.caller();
        Padding padding = new Padding();
        Map<ImageTensor, Tensor.Floats> features = encode(caller, prompts);
        Map<Boolean, List<Prompt>> byWay = prompts.stream()
                .filter(prompt -> prompt.failure == null)
                .collect(Collectors.partitioningBy(this::writesAtOnce));
        byWay.forEach((atOnce, sound) -> {
            for (List<Prompt> group : groups(sound, prompt -> prompt.ids.length)) {
                Bisection.run(
                        group,
                        settings.limits().maxBatch(),
                        part -> {
                            if (atOnce) {
                                write(caller, part, features, padding);
                            } else {
                                read(caller, part, features, padding);
                            }
                        },
                        (prompt, failure) -> prompt.failure = failure);
            }
        });
        for (List<Sketch> group : groups(planner.sketches(), sketch -> sketch.ids.length)) {
            // Each takes two rows of a run.
            Bisection.run(
                    group,
                    Math.max(1, settings.limits().maxBatch() / 2),
                    part -> painter.orElseThrow().draw(caller, part, padding),
                    (sketch, failure) -> sketch.failure = failure);
        }
        return new Computed(features.size(), padding, caller.nanos(), System.nanoTime() - start);
    }

    /** Whether nothing but texts comes after a prompt, and a graph is there that writes them in one run. */
    boolean writesAtOnce(Prompt prompt) {
        return reader.writes() && prompt.answers.isEmpty();
    }

    /** Encodes each different picture once; prompts whose picture fails are marked failed. */
    private Map<ImageTensor, Tensor.Floats> encode(OrtModel.Caller caller, List<Prompt> prompts) {
        Set<ImageTensor> images = new LinkedHashSet<>();
        prompts.forEach(prompt -> images.add(prompt.image));
        var encoded =
                Bisection.each(List.copyOf(images), settings.limits().maxBatch(), part -> dialect.encode(caller, part));
        prompts.forEach(prompt -> prompt.failure = encoded.failures().get(prompt.image));
        return encoded.values();
    }

    /** Those that may share a run, those of like length beside each other. */
    private <T> Collection<List<T>> groups(List<T> all, ToIntFunction<T> length) {
        Map<Integer, List<T>> byLength = new TreeMap<>();
        all.forEach(each -> byLength.computeIfAbsent(length.applyAsInt(each), _ -> new ArrayList<>())
                .add(each));
        if (!reader.pads()) {
            return byLength.values();
        }
        return List.of(byLength.values().stream().flatMap(List::stream).toList());
    }

    /** Of prompts of which {@link #writesAtOnce} says so. */
    private void write(
            OrtModel.Caller caller, List<Prompt> part, Map<ImageTensor, Tensor.Floats> features, Padding padding) {
        long[] most = part.stream()
                .mapToLong(prompt ->
                        prompt.texts.stream().mapToLong(text -> text.most).max().orElseThrow())
                .toArray();
        CompiledLoop.Written written = reader.write(
                caller,
                part.stream().map(prompt -> prompt.ids).toList(),
                part.stream().map(prompt -> features.get(prompt.image)).toList(),
                most,
                padding);
        int turns = written.tokens().length / part.size();
        for (int row = 0; row < part.size(); row++) {
            for (Prompt.Text text : part.get(row).texts) {
                text.begin();
                for (int i = row * turns; i < (row + 1) * turns; i++) {
                    text.write(written.tokens()[i], written.logs()[i], settings.rules());
                }
            }
        }
    }

    private void read(
            OrtModel.Caller caller, List<Prompt> part, Map<ImageTensor, Tensor.Floats> features, Padding padding) {
        List<Prompt.Text> texts = new ArrayList<>();
        List<Integer> ofText = new ArrayList<>();
        List<Prompt.Answer> answers = new ArrayList<>();
        List<Integer> ofAnswer = new ArrayList<>();
        for (int row = 0; row < part.size(); row++) {
            for (Prompt.Text text : part.get(row).texts) {
                texts.add(text);
                ofText.add(row);
            }
            for (Prompt.Answer answer : part.get(row).answers) {
                answers.add(answer);
                ofAnswer.add(row);
            }
        }
        List<Tensor.Floats> pictures =
                part.stream().map(prompt -> features.get(prompt.image)).toList();
        try (Reader.Reading reading =
                reader.read(caller, part.stream().map(prompt -> prompt.ids).toList(), pictures, padding)) {
            Writer writer = new Writer(reading.decoder(), settings.rules(), settings.decoderStart());
            int most = settings.limits().maxBatch();
            for (int from = 0; from < answers.size(); from += most) {
                int to = Math.min(answers.size(), from + most);
                writer.score(reading.state(), answers.subList(from, to), places(ofAnswer.subList(from, to)));
            }
            if (!texts.isEmpty()) {
                writer.write(reading.state(), texts, places(ofText), true);
            }
        }
    }

    private static int[] places(List<Integer> rows) {
        return rows.stream().mapToInt(Integer::intValue).toArray();
    }

    private ItemOutcome outcome(Planner.Plan plan) {
        String id = plan.item().id();
        return switch (plan) {
            case Planner.Refused refused -> new ItemFailure(id, FailureCause.BAD_INPUT, refused.message());
            case Planner.Caption caption ->
                failed(id, Stream.of(caption.prompt().failure), caption.text().logProbability)
                        .orElseGet(() -> new CaptionResult(
                                id,
                                written(caption.text()),
                                caption.text().logProbability,
                                length(caption.text().tokens)));
            case Planner.Answers answers -> {
                List<AnswerResult> results =
                        answers.questions().stream().map(this::answer).toList();
                double sum = results.stream()
                        .mapToDouble(AnswerResult::logProbability)
                        .sum();
                yield failed(id, answers.questions().stream().map(question -> question.prompt().failure), sum)
                        .orElseGet(() -> new VqaResult(id, results));
            }
            case Planner.Pictures pictures -> {
                double sum =
                        pictures.sketches().stream().mapToDouble(Sketch::sum).sum();
                yield failed(id, pictures.sketches().stream().map(sketch -> sketch.failure), sum)
                        .orElseGet(() -> new ImagesResult(
                                id,
                                pictures.sketches().stream()
                                        .map(VisionLanguageModel::picture)
                                        .toList()));
            }
        };
    }

    private static RenderedImage picture(Sketch sketch) {
        return new RenderedImage(
                Png.of(sketch.pixels, sketch.width, sketch.height), sketch.seed, sketch.width, sketch.height);
    }

    /** @param sum of numbers that came of it: none, where one of them is none */
    private static Optional<ItemOutcome> failed(String id, Stream<GraphFailure> failures, double sum) {
        Optional<GraphFailure> failure = failures.filter(Objects::nonNull).findFirst();
        if (failure.isPresent()) {
            LOG.warn("Item {} failed, also alone: {}", id, failure.get().getMessage());
            return Optional.of(ItemFailure.ofGraph(
                    id, failure.get().outOfMemory(), failure.get().getMessage()));
        }
        return Double.isFinite(sum) ? Optional.empty() : Optional.of(ItemFailure.notNumbers(id));
    }

    private AnswerResult answer(Planner.Question question) {
        String asked = question.item().text();
        if (question.answers().isEmpty()) {
            Prompt.Text text = question.text();
            return new AnswerResult(asked, written(text), text.logProbability, List.of());
        }
        double[] logs = question.answers().stream()
                .mapToDouble(answer -> answer.logProbability)
                .toArray();
        double[] scores = Softmax.of(logs, settings.temperature());
        List<ChoiceScore> scored = new ArrayList<>();
        int best = 0;
        for (int i = 0; i < scores.length; i++) {
            scored.add(new ChoiceScore(question.item().choices().get(i), scores[i]));
            best = scores[i] > scores[best] ? i : best;
        }
        return new AnswerResult(asked, question.item().choices().get(best), logs[best], scored);
    }

    private String written(Prompt.Text text) {
        return tokens.decode(Arrays.copyOf(text.tokens, length(text.tokens)));
    }

    /** Tokens of a text without its end mark. */
    private int length(long[] written) {
        boolean ended = written.length > 0 && settings.rules().ends().contains(written[written.length - 1]);
        return ended ? written.length - 1 : written.length;
    }

    @Override
    public void warmUp() {
        lifetime.whileOpen(() -> callers.run(most -> List.of(most), _ -> {
            int width = settings.image().width();
            int height = settings.image().height();
            // Not zeros: some encoders leave frames out that are nothing else.
            float[] grey = new float[3 * width * height];
            Arrays.fill(grey, 0.1f);
            ImageTensor image = new ImageTensor(grey, width, height, width, height);
            Planner planner = planner();
            planner.plan(
                    tasks.contains(Task.CAPTION)
                            ? new InferenceItem.CaptionItem("warm-up", image, Optional.empty(), 2)
                            : new InferenceItem.VqaItem(
                                    "warm-up",
                                    image,
                                    List.of(new InferenceItem.QuestionItem("warm?", List.of("yes", "no")))));
            compute(planner);
            for (Prompt prompt : planner.prompts()) {
                if (prompt.failure != null) {
                    throw prompt.failure;
                }
            }
            painter.ifPresent(each -> each.warmUp(model.caller()));
            return null;
        }));
    }

    @Override
    public void close() {
        lifetime.close(() -> {
            callers.close();
            model.close();
            tokens.close();
        });
    }
}
