package io.unifluid.scheduling.task;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a request asks for, as far as scheduling must know it; {@link TaskKind} says what follows from it. A number that is
 * 0 takes the model's default.
 */
public sealed interface Task {

    /** {@link TaskKind#name()} */
    default String name() {
        return TaskKind.of(this).name();
    }

    /** Describe the picture. */
    record Caption(int maxTokens, Optional<String> hint) implements Task {}

    /** Answer questions about the picture. */
    record Vqa(List<Question> questions) implements Task {
        public Vqa {
            questions = List.copyOf(questions);
        }
    }

    /** One question; without choices its answer is free text. */
    record Question(String text, List<String> choices) {
        public Question {
            choices = List.copyOf(choices);
        }
    }

    /** Make {@code count} pictures of {@code width} x {@code height} pixels from text. */
    record Generate(String prompt, int count, int width, int height, OptionalDouble guidance, int steps)
            implements Task {}

    /** Change the picture as told. */
    record Edit(String instruction, OptionalDouble guidance, int steps) implements Task {}
}
