package io.unifluid.inference.classifier;

import io.unifluid.inference.BatchOutcome;
import io.unifluid.inference.FailureCause;
import io.unifluid.inference.InferenceItem;
import io.unifluid.inference.InferenceItem.QuestionItem;
import io.unifluid.inference.InferenceItem.VqaItem;
import io.unifluid.inference.ItemOutcome;
import io.unifluid.inference.ItemOutcome.AnswerResult;
import io.unifluid.inference.ItemOutcome.ChoiceScore;
import io.unifluid.inference.ItemOutcome.ItemFailure;
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
import io.unifluid.inference.support.BadItem;
import io.unifluid.inference.support.Bisection;
import io.unifluid.inference.support.Callers;
import io.unifluid.inference.support.ItemChecks;
import io.unifluid.inference.support.Lifetime;
import io.unifluid.inference.support.Softmax;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A classifier in memory. Each different picture of a batch goes through the graph once, whatever is asked of it; where
 * callers are free, a batch's pictures are shared among them.
 */
final class ImageClassifierModel implements LoadedModel {
    private static final Logger LOG = LoggerFactory.getLogger(ImageClassifierModel.class);

    /** Fewer pictures are not worth a caller of their own. */
    private static final int LEAST_SHARE = 4;

    private final ModelInfo info;
    private final ModelCard card;
    private final ClassifierSettings settings;
    private final ClassifierGraph graph;
    private final OrtModel model;
    private final Callers callers;
    private final Lifetime lifetime = new Lifetime();

    /** What an item asks: for each question, the classes that stand for each of its choices; or why it cannot be asked. */
    private sealed interface Asked {
        record Questions(VqaItem item, List<List<int[]>> choices) implements Asked {}

        record Refused(String id, String message) implements Asked {}
    }

    /** What came of one share of a batch's pictures. */
    private record Computed(
            Map<ImageTensor, double[]> logs, Map<ImageTensor, GraphFailure> failures, long graphNanos, long nanos) {}

    ImageClassifierModel(ModelBundle bundle, ClassifierSettings settings, ClassifierGraph graph, OrtModel model) {
        this.info = model.info(bundle);
        this.card = bundle.card();
        this.settings = settings;
        this.graph = graph;
        this.model = model;
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
        return ImageClassifierFamily.TASKS;
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
            List<Asked> asked = batch.stream().map(this::asked).toList();
            Set<ImageTensor> pictures = new LinkedHashSet<>();
            for (Asked one : asked) {
                if (one instanceof Asked.Questions questions) {
                    pictures.add(questions.item().image());
                }
            }
            List<Computed> shares = callers.run(most -> shares(List.copyOf(pictures), most), this::compute);
            Map<ImageTensor, double[]> logs = new HashMap<>();
            Map<ImageTensor, GraphFailure> failures = new HashMap<>();
            shares.forEach(share -> {
                logs.putAll(share.logs());
                failures.putAll(share.failures());
            });
            return new BatchOutcome(
                    asked.stream().map(one -> outcome(one, logs, failures)).toList(),
                    shares.stream().mapToLong(Computed::graphNanos).max().orElse(0) / 1e6,
                    0,
                    pictures.size(),
                    shares.stream().mapToLong(Computed::nanos).sum() / 1e6);
        });
    }

    private Asked asked(InferenceItem item) {
        try {
            ItemChecks.requireTask(item, ImageClassifierFamily.TASKS);
            VqaItem vqa = (VqaItem) item;
            ItemChecks.requirePrepared(vqa.image(), settings.image());
            ItemChecks.requireQuestions(vqa);
            List<List<int[]>> choices = new ArrayList<>();
            for (QuestionItem question : vqa.questions()) {
                String which = ItemChecks.which(choices.size(), vqa.questions().size());
                choices.add(settings.answers().of(question, which));
            }
            return new Asked.Questions(vqa, choices);
        } catch (BadItem e) {
            return new Asked.Refused(item.id(), e.getMessage());
        }
    }

    private static List<List<ImageTensor>> shares(List<ImageTensor> pictures, int most) {
        int count = Math.clamp(pictures.size() / LEAST_SHARE, 1, most);
        List<List<ImageTensor>> shares = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            shares.add(pictures.subList(pictures.size() * i / count, pictures.size() * (i + 1) / count));
        }
        return shares;
    }

    private Computed compute(List<ImageTensor> pictures) {
        long start = System.nanoTime();
        OrtModel.Caller caller = model.caller();
        var results = Bisection.each(pictures, graph.maxBatch(), part -> graph.run(caller, part));
        return new Computed(results.values(), results.failures(), caller.nanos(), System.nanoTime() - start);
    }

    private ItemOutcome outcome(Asked asked, Map<ImageTensor, double[]> logs, Map<ImageTensor, GraphFailure> failures) {
        return switch (asked) {
            case Asked.Refused refused -> new ItemFailure(refused.id(), FailureCause.BAD_INPUT, refused.message());
            case Asked.Questions questions -> {
                String id = questions.item().id();
                GraphFailure failure = failures.get(questions.item().image());
                if (failure != null) {
                    LOG.warn("Item {} failed, also alone: {}", id, failure.getMessage());
                    yield ItemFailure.ofGraph(id, failure.outOfMemory(), failure.getMessage());
                }
                double[] classes = Softmax.of(logs.get(questions.item().image()), settings.temperature());
                if (Arrays.stream(classes).anyMatch(Double::isNaN)) {
                    yield ItemFailure.notNumbers(id);
                }
                List<AnswerResult> answers = new ArrayList<>();
                for (QuestionItem question : questions.item().questions()) {
                    answers.add(answer(question, questions.choices().get(answers.size()), classes));
                }
                yield new VqaResult(id, answers);
            }
        };
    }

    /** A choice's score is its classes' share of the classes that stand for any choice. */
    private static AnswerResult answer(QuestionItem question, List<int[]> choices, double[] classes) {
        double[] weights = choices.stream()
                .mapToDouble(choice ->
                        Arrays.stream(choice).mapToDouble(i -> classes[i]).sum())
                .toArray();
        double sum = Arrays.stream(weights).sum();
        List<ChoiceScore> scores = new ArrayList<>();
        int best = 0;
        for (int i = 0; i < weights.length; i++) {
            double score = sum > 0 ? weights[i] / sum : 1.0 / weights.length;
            scores.add(new ChoiceScore(question.choices().get(i), score));
            best = weights[i] > weights[best] ? i : best;
        }
        return new AnswerResult(
                question.text(),
                question.choices().get(best),
                Math.log(Math.max(weights[best], Double.MIN_NORMAL)),
                scores);
    }

    @Override
    public void warmUp() {
        lifetime.whileOpen(() -> callers.run(most -> List.of(most), most -> {
            int width = settings.image().width();
            int height = settings.image().height();
            ImageTensor picture = new ImageTensor(new float[3 * width * height], width, height, width, height);
            OrtModel.Caller caller = model.caller();
            graph.run(caller, List.of(picture));
            // On a GPU a shape's first run may be ten times slower; on a CPU that would only take time.
            switch (model.device().kind()) {
                case CPU -> {}
                case CUDA -> graph.run(caller, Collections.nCopies(graph.maxBatch(), picture));
            }
            return most;
        }));
    }

    @Override
    public void close() {
        lifetime.close(() -> {
            callers.close();
            model.close();
        });
    }
}
