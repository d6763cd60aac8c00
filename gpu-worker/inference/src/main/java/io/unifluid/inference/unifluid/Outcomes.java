package io.unifluid.inference.unifluid;

import io.unifluid.inference.FailureCause;
import io.unifluid.inference.ItemOutcome;
import io.unifluid.inference.ItemOutcome.AnswerResult;
import io.unifluid.inference.ItemOutcome.CaptionResult;
import io.unifluid.inference.ItemOutcome.ChoiceScore;
import io.unifluid.inference.ItemOutcome.ImagesResult;
import io.unifluid.inference.ItemOutcome.ItemFailure;
import io.unifluid.inference.ItemOutcome.RenderedImage;
import io.unifluid.inference.ItemOutcome.VqaResult;
import io.unifluid.inference.ort.GraphFailure;
import io.unifluid.inference.support.Png;
import io.unifluid.inference.support.Prompts;
import io.unifluid.inference.support.Softmax;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns rows that have run into what the caller gets. */
final class Outcomes {
    private static final Logger LOG = LoggerFactory.getLogger(Outcomes.class);

    private final UniFluidSettings settings;
    private final Prompts prompts;

    Outcomes(UniFluidSettings settings, Prompts prompts) {
        this.settings = settings;
        this.prompts = prompts;
    }

    ItemOutcome of(Plan plan) {
        String id = plan.item().id();
        Optional<? extends Row> failed =
                plan.rows().stream().filter(row -> row.failure != null).findFirst();
        if (failed.isPresent()) {
            return failure(id, failed.get().failure);
        }
        if (plan.rows().stream().anyMatch(Outcomes::notNumbers)) {
            return ItemFailure.notNumbers(id);
        }
        return switch (plan) {
            case Plan.Refused refused -> new ItemFailure(id, FailureCause.BAD_INPUT, refused.message());
            case Plan.Caption caption -> caption(id, caption.row());
            case Plan.Answers answers ->
                new VqaResult(id, answers.questions().stream().map(this::answer).toList());
            case Plan.Pictures pictures ->
                new ImagesResult(id, pictures.rows().stream().map(this::picture).toList());
        };
    }

    private static ItemFailure failure(String id, GraphFailure failure) {
        LOG.warn("Item {} failed, also alone: {}", id, failure.getMessage());
        return ItemFailure.ofGraph(id, failure.outOfMemory(), failure.getMessage());
    }

    private static boolean notNumbers(Row row) {
        return switch (row) {
            case Row.Write write -> Double.isNaN(write.logProbability);
            case Row.Score score -> Double.isNaN(score.logProbability);
            case Row.Draw draw -> {
                boolean found = false;
                for (float pixel : draw.pixels) {
                    found |= Float.isNaN(pixel);
                }
                yield found;
            }
        };
    }

    private CaptionResult caption(String id, Row.Write row) {
        return new CaptionResult(id, prompts.decode(row.tokens), row.logProbability, prompts.textLength(row.tokens));
    }

    private AnswerResult answer(Plan.Question question) {
        String text = question.item().text();
        List<String> choices = question.item().choices();
        if (choices.isEmpty()) {
            Row.Write row = (Row.Write) question.rows().getFirst();
            return new AnswerResult(text, prompts.decode(row.tokens), row.logProbability, List.of());
        }
        double[] logs = question.rows().stream()
                .mapToDouble(row -> ((Row.Score) row).logProbability)
                .toArray();
        double[] scores = Softmax.of(logs, settings.temperature());
        List<ChoiceScore> scored = new ArrayList<>();
        int best = 0;
        for (int i = 0; i < scores.length; i++) {
            scored.add(new ChoiceScore(choices.get(i), scores[i]));
            best = scores[i] > scores[best] ? i : best;
        }
        return new AnswerResult(text, choices.get(best), logs[best], scored);
    }

    private RenderedImage picture(Row.Draw row) {
        int width = settings.image().width();
        int height = settings.image().height();
        return new RenderedImage(Png.of(row.pixels, width, height), row.seed, width, height);
    }
}
