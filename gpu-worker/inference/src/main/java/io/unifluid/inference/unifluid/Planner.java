package io.unifluid.inference.unifluid;

import io.unifluid.inference.InferenceItem;
import io.unifluid.inference.InferenceItem.CaptionItem;
import io.unifluid.inference.InferenceItem.EditItem;
import io.unifluid.inference.InferenceItem.GenerateItem;
import io.unifluid.inference.InferenceItem.QuestionItem;
import io.unifluid.inference.InferenceItem.VqaItem;
import io.unifluid.inference.Task;
import io.unifluid.inference.image.ImageTensor;
import io.unifluid.inference.support.BadItem;
import io.unifluid.inference.support.DrawChecks;
import io.unifluid.inference.support.ItemChecks;
import io.unifluid.inference.support.Prompts;
import io.unifluid.inference.support.Seeds;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** Checks items against the model's limits and turns them into rows. */
final class Planner {
    private final UniFluidSettings settings;
    private final Set<Task> tasks;
    private final Prompts prompts;

    Planner(UniFluidSettings settings, Set<Task> tasks, Prompts prompts) {
        this.settings = settings;
        this.tasks = tasks;
        this.prompts = prompts;
    }

    Plan plan(InferenceItem item) {
        try {
            ItemChecks.requireTask(item, tasks);
            return switch (item) {
                case CaptionItem caption -> caption(caption);
                case VqaItem vqa -> answers(vqa);
                case GenerateItem generate -> pictures(generate);
                case EditItem edit -> picture(edit);
            };
        } catch (BadItem e) {
            return new Plan.Refused(item, e.getMessage());
        }
    }

    private Plan caption(CaptionItem item) throws BadItem {
        ItemChecks.requirePrepared(item.image(), settings.image());
        int maxNew = ItemChecks.mostTokens(
                item, settings.defaultMaxTokens(), settings.limits().maxNewTokens());
        long[] prompt =
                prompts.encode(settings.templates().caption(), item.hint().orElse(""), "hint");
        return new Plan.Caption(item, new Row.Write(Task.CAPTION, item.image(), prompt, maxNew));
    }

    private Plan answers(VqaItem item) throws BadItem {
        ItemChecks.requirePrepared(item.image(), settings.image());
        ItemChecks.requireQuestions(item);
        List<Plan.Question> questions = new ArrayList<>();
        for (QuestionItem question : item.questions()) {
            String which = ItemChecks.which(questions.size(), item.questions().size());
            questions.add(new Plan.Question(question, rows(item.image(), question, which)));
        }
        return new Plan.Answers(item, questions);
    }

    private List<Row> rows(ImageTensor image, QuestionItem question, String which) throws BadItem {
        ItemChecks.requireText(question.text(), which);
        long[] prompt = prompts.encode(settings.templates().vqa(), question.text(), which);
        if (question.choices().isEmpty()) {
            return List.of(new Row.Write(Task.VQA, image, prompt, settings.defaultMaxTokens()));
        }
        if (question.choices().stream().distinct().count()
                < Math.max(2, question.choices().size())) {
            throw new BadItem(
                    "The choices of a question must be at least two, each different; leave them out for a free answer.");
        }
        List<Row> rows = new ArrayList<>();
        Map<LongBuffer, String> seen = new HashMap<>();
        String of = which.equals("question") ? "" : " of " + which;
        for (String choice : question.choices()) {
            long[] answer = prompts.encodeAnswer(choice, settings.limits().maxNewTokens(), of);
            String same = seen.putIfAbsent(LongBuffer.wrap(answer), choice);
            if (same != null) {
                throw new BadItem("The choices \"" + Prompts.shortened(same) + "\" and \"" + Prompts.shortened(choice)
                        + "\"" + of + " are the same to this model; give each once.");
            }
            rows.add(new Row.Score(image, prompt, answer));
        }
        return rows;
    }

    private Plan pictures(GenerateItem item) throws BadItem {
        DrawChecks.require(item, settings.image(), settings.limits().maxCount());
        long[] prompt = prompts.encode(settings.templates().generate(), item.prompt(), "prompt");
        long seed = item.seed().orElseGet(() -> Seeds.of(item.id()));
        float guidance = DrawChecks.guidance(item.guidance(), settings.defaultGuidance());
        int steps = steps(item.steps());
        List<Row.Draw> rows = new ArrayList<>();
        for (int i = 0; i < item.count(); i++) {
            rows.add(new Row.Draw(null, prompt, seed + i, guidance, steps));
        }
        return new Plan.Pictures(item, rows);
    }

    private Plan picture(EditItem item) throws BadItem {
        ItemChecks.requirePrepared(item.image(), settings.image());
        ItemChecks.requireText(item.instruction(), "instruction");
        long[] prompt = prompts.encode(settings.templates().edit(), item.instruction(), "instruction");
        long seed = item.seed().orElseGet(() -> Seeds.of(item.id()));
        float guidance = DrawChecks.guidance(item.guidance(), settings.defaultGuidance());
        Row.Draw row = new Row.Draw(item.image(), prompt, seed, guidance, steps(item.steps()));
        return new Plan.Pictures(item, List.of(row));
    }

    private int steps(OptionalInt asked) throws BadItem {
        int steps = asked.orElse(settings.defaultSteps());
        if (steps < 1 || steps > settings.limits().maxSteps()) {
            throw new BadItem("steps is " + steps + "; set it from 1 to "
                    + settings.limits().maxSteps() + ".");
        }
        return steps;
    }
}
