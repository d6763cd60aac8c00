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

    /** The bucket key of a task for a model; an empty model means whatever the workers run. */
    public static String key(Task task, Optional<String> model) {
        String prefix = task.name() + "|" + model.orElse("-") + "|p" + promptBucket(promptTokens(task)) + "|";
        return prefix
                + switch (task) {
                    case Task.Caption _, Task.Vqa _ -> "-|-|-";
                    case Task.Generate t ->
                        size(t.width(), t.height()) + "|" + steps(t.steps()) + "|" + guidance(t.guidance());
                    case Task.Edit t -> "-|" + steps(t.steps()) + "|" + guidance(t.guidance());
                };
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
        return switch (task) {
            case Task.Caption t -> t.hint().map(Buckets::approximateTokens).orElse(0);
            case Task.Vqa t ->
                t.questions().stream().mapToInt(Buckets::questionTokens).max().orElse(0);
            case Task.Generate t -> approximateTokens(t.prompt());
            case Task.Edit t -> approximateTokens(t.instruction());
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

    private static String size(int width, int height) {
        return width == 0 && height == 0 ? "-" : width + "x" + height;
    }

    private static String steps(int steps) {
        return steps == 0 ? "-" : "s" + steps;
    }

    private static String guidance(OptionalDouble guidance) {
        return guidance.isEmpty() ? "-" : "g" + guidance.getAsDouble();
    }

    private Buckets() {}
}
