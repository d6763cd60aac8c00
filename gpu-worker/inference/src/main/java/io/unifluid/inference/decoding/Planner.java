package io.unifluid.inference.decoding;

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
import io.unifluid.inference.support.Words;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;

/** Checks a batch's items against the model's limits and turns them into prompts, of which equal ones become one, and sketches. */
final class Planner {
    private final Settings settings;
    private final Set<Task> tasks;
    private final Tokens tokens;
    private final Dialect dialect;
    private final List<Prompt> prompts = new ArrayList<>();
    private final List<Sketch> sketches = new ArrayList<>();
    private final Map<LongBuffer, List<Prompt>> known = new HashMap<>();

    Planner(Settings settings, Set<Task> tasks, Tokens tokens, Dialect dialect) {
        this.settings = settings;
        this.tasks = tasks;
        this.tokens = tokens;
        this.dialect = dialect;
    }

    /** What an item needs computed, with the rows that will hold the results. */
    sealed interface Plan {
        InferenceItem item();
    }

    /** The item cannot be run: {@code message} tells its sender why. */
    record Refused(InferenceItem item, String message) implements Plan {}

    record Caption(InferenceItem item, Prompt prompt, Prompt.Text text) implements Plan {}

    record Pictures(InferenceItem item, List<Sketch> sketches) implements Plan {}

    record Answers(InferenceItem item, List<Question> questions) implements Plan {}

    /** @param answers to score, one per choice; empty for a free answer, which is {@code text} */
    record Question(QuestionItem item, Prompt prompt, Prompt.Text text, List<Prompt.Answer> answers) {}

    /** Every prompt of the items so far. */
    List<Prompt> prompts() {
        return prompts;
    }

    Settings settings() {
        return settings;
    }

    /** Every picture that the items so far want drawn. */
    List<Sketch> sketches() {
        return sketches;
    }

    Plan plan(InferenceItem item) {
        try {
            ItemChecks.requireTask(item, tasks);
            return switch (item) {
                case CaptionItem caption -> caption(caption);
                case VqaItem vqa -> answers(vqa);
                case GenerateItem generate -> pictures(generate);
                case EditItem _ -> throw new BadItem("This model does not change pictures.");
            };
        } catch (BadItem e) {
            return new Refused(item, e.getMessage());
        }
    }

    private Plan caption(CaptionItem item) throws BadItem {
        ItemChecks.requirePrepared(item.image(), settings.image());
        int most = ItemChecks.mostTokens(
                item, settings.defaultMaxTokens(), settings.limits().maxNewTokens());
        String hint = Words.plain(item.hint().orElse(""));
        Template template = settings.templates().caption();
        if (!settings.captions().isEmpty() && !hint.isEmpty()) {
            template = settings.captions().get(hint.toLowerCase(Locale.ROOT));
            if (template == null) {
                throw new BadItem("This model takes no free hint; leave it out, or ask for a caption that is "
                        + String.join(" or ", new TreeSet<>(settings.captions().keySet())) + ".");
            }
            hint = "";
        }
        Prompt prompt = prompt(template, item.image(), hint, "hint", most);
        Prompt.Text text = new Prompt.Text(most, Seeds.of(item.id()));
        prompt.texts.add(text);
        return new Caption(item, prompt, text);
    }

    private Plan pictures(GenerateItem item) throws BadItem {
        Settings.Drawing drawing =
                settings.drawing().orElseThrow(() -> new BadItem("This model reads pictures and does not draw any."));
        DrawChecks.require(item, settings.image(), settings.limits().maxCount());
        float guidance = DrawChecks.guidance(item.guidance(), drawing.guidance());
        if (item.steps().isPresent()) {
            throw new BadItem("This model draws token by token and not in steps; leave steps out.");
        }
        int room = Math.min(
                settings.context() - drawing.tokens(), settings.limits().maxPromptTokens());
        long[] ids = tokens.fill(drawing.template(), item.prompt(), "prompt", room);
        long seed = item.seed().orElseGet(() -> Seeds.of(item.id()));
        List<Sketch> drawn = LongStream.range(0, item.count())
                .mapToObj(i -> new Sketch(ids, guidance, seed + i))
                .toList();
        sketches.addAll(drawn);
        return new Pictures(item, drawn);
    }

    private Plan answers(VqaItem item) throws BadItem {
        ItemChecks.requirePrepared(item.image(), settings.image());
        ItemChecks.requireQuestions(item);
        List<Asked> asked = new ArrayList<>();
        int many = item.questions().size();
        for (QuestionItem question : item.questions()) {
            String which = ItemChecks.which(asked.size(), many);
            ItemChecks.requireText(question.text(), which);
            List<long[]> choices = choices(question, which);
            int most = choices.isEmpty()
                    ? settings.defaultMaxTokens()
                    : choices.stream().mapToInt(ids -> ids.length).max().orElseThrow();
            long[] ids = ids(settings.templates().vqa(), item.image(), question.text(), which, most);
            asked.add(new Asked(question, ids, choices));
        }
        // Only now, so that an item that is refused leaves nothing to compute.
        return new Answers(
                item, asked.stream().map(question -> question(item, question)).toList());
    }

    private record Asked(QuestionItem item, long[] ids, List<long[]> choices) {}

    private Question question(VqaItem item, Asked asked) {
        Prompt prompt = prompt(item.image(), asked.ids());
        if (asked.choices().isEmpty()) {
            Prompt.Text text = new Prompt.Text(settings.defaultMaxTokens(), Seeds.of(item.id()));
            prompt.texts.add(text);
            return new Question(asked.item(), prompt, text, List.of());
        }
        List<Prompt.Answer> answers =
                asked.choices().stream().map(Prompt.Answer::new).toList();
        prompt.answers.addAll(answers);
        return new Question(asked.item(), prompt, null, answers);
    }

    private List<long[]> choices(QuestionItem question, String which) throws BadItem {
        List<String> choices = question.choices();
        if (choices.isEmpty()) {
            return List.of();
        }
        if (choices.stream().distinct().count() < Math.max(2, choices.size())) {
            throw new BadItem(
                    "The choices of a question must be at least two, each different; leave them out for a free answer.");
        }
        String of = which.equals("question") ? "" : " of " + which;
        Map<LongBuffer, String> seen = new HashMap<>();
        List<long[]> answers = new ArrayList<>();
        for (String choice : choices) {
            long[] answer = tokens.answer(
                    settings.templates().answer(),
                    choice,
                    of,
                    settings.rules().end(),
                    settings.limits().maxNewTokens());
            String same = seen.putIfAbsent(LongBuffer.wrap(answer), choice);
            if (same != null) {
                throw new BadItem("The choices \"" + Prompts.shortened(same) + "\" and \"" + Prompts.shortened(choice)
                        + "\"" + of + " are the same to this model; give each once.");
            }
            answers.add(answer);
        }
        return answers;
    }

    private Prompt prompt(Template template, ImageTensor image, String words, String what, int most) throws BadItem {
        return prompt(image, ids(template, image, words, what, most));
    }

    private long[] ids(Template template, ImageTensor image, String words, String what, int most) throws BadItem {
        int pictures = image.frames() * settings.imageTokens();
        int room = Math.min(settings.context() - most, settings.limits().maxPromptTokens() + pictures);
        return tokens.fill(dialect.withPicture(template, image), words, what, room);
    }

    private Prompt prompt(ImageTensor image, long[] ids) {
        List<Prompt> alike = known.computeIfAbsent(LongBuffer.wrap(ids), _ -> new ArrayList<>());
        for (Prompt prompt : alike) {
            if (prompt.same(image, ids)) {
                return prompt;
            }
        }
        Prompt prompt = new Prompt(image, ids);
        alike.add(prompt);
        prompts.add(prompt);
        return prompt;
    }
}
