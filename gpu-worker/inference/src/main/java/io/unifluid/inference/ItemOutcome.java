package io.unifluid.inference;

import java.util.List;

/** What came of one item. */
public sealed interface ItemOutcome {
    String id();

    /**
     * A caption.
     *
     * @param logProbability natural logarithm of the whole caption's probability
     * @param tokenCount tokens of the text, without the end mark
     */
    record CaptionResult(String id, String text, double logProbability, int tokenCount) implements ItemOutcome {}

    /** Answers in the order of the questions. */
    record VqaResult(String id, List<AnswerResult> answers) implements ItemOutcome {
        public VqaResult {
            answers = List.copyOf(answers);
        }
    }

    /**
     * One answer.
     *
     * @param logProbability natural logarithm of the answer's probability, of all texts (not of the choices alone)
     * @param choices a score per choice in the order asked, adding up to 1; empty for a free answer
     */
    record AnswerResult(String question, String answer, double logProbability, List<ChoiceScore> choices) {
        public AnswerResult {
            choices = List.copyOf(choices);
        }
    }

    /** Calibrated probability of a choice among the choices, 0 to 1. */
    record ChoiceScore(String choice, double score) {}

    /** Drawn or edited pictures. */
    record ImagesResult(String id, List<RenderedImage> images) implements ItemOutcome {
        public ImagesResult {
            images = List.copyOf(images);
        }
    }

    /**
     * A picture.
     *
     * @param png the encoded file; not copied, so do not change it
     * @param seed the seed that draws exactly this picture again
     */
    record RenderedImage(byte[] png, long seed, int width, int height) {}

    /** The item failed and no other did because of it; the message is one sentence for its sender. */
    record ItemFailure(String id, FailureCause cause, String message) implements ItemOutcome {
        /** A graph failed on the item, also alone. */
        public static ItemFailure ofGraph(String id, boolean outOfMemory, String message) {
            return new ItemFailure(id, outOfMemory ? FailureCause.OUT_OF_MEMORY : FailureCause.MODEL, message);
        }

        /** A graph gave what is no number. */
        public static ItemFailure notNumbers(String id) {
            return new ItemFailure(
                    id,
                    FailureCause.MODEL,
                    "The model's output for this item is not a number; the picture or prompt is beyond what it can"
                            + " compute.");
        }
    }
}
