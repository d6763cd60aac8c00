package io.unifluid.inference.unifluid;

import io.unifluid.inference.Task;
import io.unifluid.inference.image.ImageTensor;
import io.unifluid.inference.ort.GraphFailure;

/** One row of a graph's batch: what goes in, and, after the run, what came out or why nothing did. */
abstract sealed class Row {
    final long[] prompt;
    GraphFailure failure;

    private Row(long[] prompt) {
        this.prompt = prompt;
    }

    /** A picture to read and a text to write: a caption or a free answer. */
    static final class Write extends Row {
        final Task task;
        final ImageTensor image;
        final int maxNew;
        long[] tokens = {};
        double logProbability;

        Write(Task task, ImageTensor image, long[] prompt, int maxNew) {
            super(prompt);
            this.task = task;
            this.image = image;
            this.maxNew = maxNew;
        }
    }

    /** A picture, a question and one of its choices to score. */
    static final class Score extends Row {
        final ImageTensor image;
        final long[] answer;
        double logProbability;

        Score(ImageTensor image, long[] prompt, long[] answer) {
            super(prompt);
            this.image = image;
            this.answer = answer;
        }
    }

    /** A picture to draw; with a source it is an edit. */
    static final class Draw extends Row {
        final ImageTensor source;
        final long seed;
        final float guidance;
        final int steps;
        float[] pixels = {};

        Draw(ImageTensor source, long[] prompt, long seed, float guidance, int steps) {
            super(prompt);
            this.source = source;
            this.seed = seed;
            this.guidance = guidance;
            this.steps = steps;
        }

        boolean edits() {
            return source != null;
        }
    }
}
