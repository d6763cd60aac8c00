package io.unifluid.inference.families;

import io.unifluid.inference.BatchOutcome;
import io.unifluid.inference.InferenceItem;
import io.unifluid.inference.InferenceItem.CaptionItem;
import io.unifluid.inference.InferenceItem.EditItem;
import io.unifluid.inference.InferenceItem.GenerateItem;
import io.unifluid.inference.InferenceItem.VqaItem;
import io.unifluid.inference.ItemOutcome;
import io.unifluid.inference.ItemOutcome.AnswerResult;
import io.unifluid.inference.ItemOutcome.CaptionResult;
import io.unifluid.inference.ItemOutcome.ChoiceScore;
import io.unifluid.inference.ItemOutcome.ImagesResult;
import io.unifluid.inference.ItemOutcome.RenderedImage;
import io.unifluid.inference.ItemOutcome.VqaResult;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelCard;
import io.unifluid.inference.ModelInfo;
import io.unifluid.inference.ModelLimits;
import io.unifluid.inference.Task;
import io.unifluid.inference.image.ImageSpec;
import java.util.Base64;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/** Answers every item at once with "no-op" and a 1x1 picture: measures everything around a model. */
final class NoOpModel implements LoadedModel {
    static final ModelCard CARD = new ModelCard(
            "noop", "0", Optional.of("The no-op model answers at once and looks at nothing: it tries the path alone."));

    private static final String TEXT = "no-op";
    private static final byte[] PNG = Base64.getDecoder()
            .decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsZSjnAAAAABJRU5ErkJggg==");

    private volatile boolean closed;

    @Override
    public ModelInfo info() {
        return new ModelInfo("noop", CARD.name(), CARD.version(), "cpu", "The no-op model computes nothing.");
    }

    @Override
    public ModelCard card() {
        return CARD;
    }

    @Override
    public ModelLimits limits() {
        return new ModelLimits(64, 32, 256, 50, 8, List.of(8, 16, 32, 64));
    }

    @Override
    public Set<Task> tasks() {
        return Collections.unmodifiableSet(EnumSet.allOf(Task.class));
    }

    @Override
    public int callers() {
        return 1;
    }

    @Override
    public ImageSpec imageSpec() {
        return new ImageSpec(64, 64, List.of(0.5f, 0.5f, 0.5f), List.of(0.5f, 0.5f, 0.5f));
    }

    @Override
    public BatchOutcome run(List<InferenceItem> batch) {
        if (closed) {
            throw new IllegalStateException("The model is closed.");
        }
        return new BatchOutcome(batch.stream().map(NoOpModel::answer).toList(), 0, 0, 0, 0);
    }

    private static ItemOutcome answer(InferenceItem item) {
        return switch (item) {
            case CaptionItem caption -> new CaptionResult(caption.id(), TEXT, 0, 1);
            case VqaItem vqa ->
                new VqaResult(
                        vqa.id(),
                        vqa.questions().stream().map(NoOpModel::answer).toList());
            case GenerateItem generate ->
                pictures(generate.id(), generate.seed().orElse(0), generate.count());
            case EditItem edit -> pictures(edit.id(), edit.seed().orElse(0), 1);
        };
    }

    private static AnswerResult answer(InferenceItem.QuestionItem question) {
        List<String> choices = question.choices();
        return new AnswerResult(
                question.text(),
                choices.isEmpty() ? TEXT : choices.getFirst(),
                0,
                choices.stream()
                        .map(choice -> new ChoiceScore(choice, 1.0 / choices.size()))
                        .toList());
    }

    private static ItemOutcome pictures(String id, long seed, int count) {
        return new ImagesResult(
                id,
                LongStream.range(0, Math.max(1, count))
                        .mapToObj(index -> new RenderedImage(PNG.clone(), seed + index, 1, 1))
                        .toList());
    }

    @Override
    public void warmUp() {}

    @Override
    public void close() {
        closed = true;
    }
}
