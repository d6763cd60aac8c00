package io.unifluid.scheduling.task;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One thing that a task says, in a shape that several tasks share. Admission judges it, the bucket and the computation
 * key are made of it, and what a request adds to a batch is counted by it: so a task that is made of these needs no
 * word about any of that.
 */
public sealed interface Parameter {
    /** A text that must say something. */
    record Prompt(String field, String text) implements Parameter {}

    /** A text that may be left out. */
    record Hint(Optional<String> text) implements Parameter {}

    /** Most tokens of text to write; 0 leaves it to the model. */
    record TextTokens(int most) implements Parameter {}

    /** At least one. */
    record Questions(List<Task.Question> questions) implements Parameter {
        public Questions {
            questions = List.copyOf(questions);
        }
    }

    /** Pictures to draw. */
    record Count(int count) implements Parameter {}

    /** In pixels; both 0 leave it to the model. */
    record Size(int width, int height) implements Parameter {}

    /**
     * What is drawn depends on a seed, which {@link Task} leaves out: without one, each caller expects a drawing of its
     * own.
     */
    record Seed() implements Parameter {}

    record Guidance(OptionalDouble scale) implements Parameter {}

    /** Denoising steps; 0 leaves them to the model. */
    record Steps(int steps) implements Parameter {}

    /** Characters of all its texts. */
    default long textChars() {
        return switch (this) {
            case Prompt prompt -> prompt.text().length();
            case Hint hint -> hint.text().map(String::length).orElse(0);
            case Questions asked ->
                asked.questions().stream()
                        .mapToLong(one -> one.text().length()
                                + one.choices().stream()
                                        .mapToLong(String::length)
                                        .sum())
                        .sum();
            case TextTokens _, Count _, Size _, Seed _, Guidance _, Steps _ -> 0;
        };
    }
}
