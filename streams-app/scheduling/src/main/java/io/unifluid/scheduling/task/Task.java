package io.unifluid.scheduling.task;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** What a request asks for, as far as scheduling must know it. A number that is 0 takes the model's default. */
public sealed interface Task {

    /** The task's name in buckets, cost tables and messages. */
    String name();

    /** Describe the picture. */
    record Caption(int maxTokens, Optional<String> hint) implements Task {
        @Override
        public String name() {
            return "caption";
        }
    }

    /** Answer questions about the picture. */
    record Vqa(List<Question> questions) implements Task {
        public Vqa {
            questions = List.copyOf(questions);
        }

        @Override
        public String name() {
            return "vqa";
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
            implements Task {
        @Override
        public String name() {
            return "generate";
        }
    }

    /** Change the picture as told. */
    record Edit(String instruction, OptionalDouble guidance, int steps) implements Task {
        @Override
        public String name() {
            return "edit";
        }
    }
}
