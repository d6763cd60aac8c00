package io.unifluid.inference;

import io.unifluid.inference.image.ImageTensor;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** One thing to compute. Only nulls are refused here; what a model cannot do becomes the item's outcome. */
public sealed interface InferenceItem {
    /** Names the item in its outcome, and is the source of the seed where none is given. */
    String id();

    Task task();

    /**
     * Describe a picture.
     *
     * @param hint a beginning or topic for the caption, if any
     * @param maxTokens longest caption in tokens, 0 for the model's default
     */
    record CaptionItem(String id, ImageTensor image, Optional<String> hint, int maxTokens) implements InferenceItem {
        public CaptionItem {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(image, "image");
            Objects.requireNonNull(hint, "hint");
        }

        @Override
        public Task task() {
            return Task.CAPTION;
        }
    }

    /** Answer questions about one picture; its encoding is shared by all of them. */
    record VqaItem(String id, ImageTensor image, List<QuestionItem> questions) implements InferenceItem {
        public VqaItem {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(image, "image");
            questions = List.copyOf(questions);
        }

        @Override
        public Task task() {
            return Task.VQA;
        }
    }

    /**
     * One question.
     *
     * @param choices the allowed answers, each of which gets a calibrated score; empty for a free answer
     */
    record QuestionItem(String text, List<String> choices) {
        public QuestionItem {
            Objects.requireNonNull(text, "text");
            choices = List.copyOf(choices);
        }
    }

    /**
     * Draw pictures from a prompt.
     *
     * @param count how many pictures; picture i is drawn with seed + i
     * @param seed absent: derived from the id, so that a repeated request draws the same
     * @param guidance how strongly the prompt steers, absent for the model's default
     * @param steps denoising steps, absent for the model's default
     * @param width in px, 0 for the model's own size
     * @param height in px, 0 for the model's own size
     */
    record GenerateItem(
            String id,
            String prompt,
            int count,
            OptionalLong seed,
            OptionalDouble guidance,
            OptionalInt steps,
            int width,
            int height)
            implements InferenceItem {
        public GenerateItem {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(prompt, "prompt");
            Objects.requireNonNull(seed, "seed");
            Objects.requireNonNull(guidance, "guidance");
            Objects.requireNonNull(steps, "steps");
        }

        @Override
        public Task task() {
            return Task.GENERATE;
        }
    }

    /** Change a picture as the instruction says; seed, guidance and steps as in {@link GenerateItem}. */
    record EditItem(
            String id,
            ImageTensor image,
            String instruction,
            OptionalLong seed,
            OptionalDouble guidance,
            OptionalInt steps)
            implements InferenceItem {
        public EditItem {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(image, "image");
            Objects.requireNonNull(instruction, "instruction");
            Objects.requireNonNull(seed, "seed");
            Objects.requireNonNull(guidance, "guidance");
            Objects.requireNonNull(steps, "steps");
        }

        @Override
        public Task task() {
            return Task.EDIT;
        }
    }
}
