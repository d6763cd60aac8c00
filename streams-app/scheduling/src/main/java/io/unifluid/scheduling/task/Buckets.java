package io.unifluid.scheduling.task;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Names the bucket of a task: requests in one bucket can share a batch without padding each other much. The key reads
 * {@code task|model|p<prompt tokens, rounded up>|<width>x<height>|s<steps>|g<guidance>}; what the caller leaves to the
 * model is written as {@code -}.
 */
public final class Buckets {
    private static final int SMALLEST_PROMPT = 8;

    /** What runs a bucket's batches must do, and be called where its requests insist on a model. */
    public record Needs(String task, Optional<String> model) {}

    /** Of a bucket's key. */
    public static Needs needs(String key) {
        var parts = key.split("\\|", 3);
        return new Needs(parts[0], parts.length < 2 || parts[1].equals("-") ? Optional.empty() : Optional.of(parts[1]));
    }

    /** The bucket key of a task for a model; an empty model means whatever the workers run. */
    public static String key(Task task, Optional<String> model) {
        String size = "-";
        String steps = "-";
        String guidance = "-";
        for (var parameter : TaskKind.of(task).parameters()) {
            switch (parameter) {
                case Parameter.Size(int width, int height)
                when width != 0 || height != 0 -> size = width + "x" + height;
                case Parameter.Steps(int count) when count != 0 -> steps = "s" + count;
                case Parameter.Guidance(OptionalDouble scale)
                when scale.isPresent() -> guidance = "g" + scale.getAsDouble();
                case Parameter.Size _, Parameter.Steps _, Parameter.Guidance _ -> {}
                case Parameter.Prompt _,
                        Parameter.Hint _,
                        Parameter.TextTokens _,
                        Parameter.Questions _,
                        Parameter.Count _,
                        Parameter.Seed _ -> {}
            }
        }
        return task.name() + "|" + model.orElse("-") + "|p" + promptBucket(promptTokens(task)) + "|" + size + "|"
                + steps + "|" + guidance;
    }

    /** Rounds a token count up to 8, 16, 32, 64 and so on: lengths in one bucket differ at most by the factor two. */
    public static int promptBucket(int tokens) {
        int bucket = SMALLEST_PROMPT;
        while (bucket < tokens) {
            bucket *= 2;
        }
        return bucket;
    }

    /** The longest text that the model has to read for this task, in tokens, estimated without a tokenizer. */
    public static int promptTokens(Task task) {
        return TaskKind.of(task).parameters().stream()
                .mapToInt(Buckets::tokens)
                .max()
                .orElse(0);
    }

    private static int tokens(Parameter parameter) {
        return switch (parameter) {
            case Parameter.Prompt prompt -> approximateTokens(prompt.text());
            case Parameter.Hint hint ->
                hint.text().map(Buckets::approximateTokens).orElse(0);
            case Parameter.Questions asked ->
                asked.questions().stream()
                        .mapToInt(Buckets::questionTokens)
                        .max()
                        .orElse(0);
            case Parameter.TextTokens _,
                    Parameter.Count _,
                    Parameter.Size _,
                    Parameter.Seed _,
                    Parameter.Guidance _,
                    Parameter.Steps _ -> 0;
        };
    }

    /** Estimates tokens: one a word, and one more for every six characters of a word beyond its first six. */
    public static int approximateTokens(String text) {
        int tokens = 0;
        int run = 0;
        for (int i = 0; i < text.length(); i++) {
            run = Character.isWhitespace(text.charAt(i)) ? 0 : run + 1;
            if (run % 6 == 1) {
                tokens++;
            }
        }
        return tokens;
    }

    private static int questionTokens(Task.Question question) {
        int longestChoice = question.choices().stream()
                .mapToInt(Buckets::approximateTokens)
                .max()
                .orElse(0);
        return approximateTokens(question.text()) + longestChoice;
    }

    private Buckets() {}
}
