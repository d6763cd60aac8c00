package io.unifluid.inference.unifluid;

import io.unifluid.inference.Task;
import io.unifluid.inference.image.ImageTensor;
import io.unifluid.inference.ort.GraphFailure;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

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

    /** A row while it is written, token by token. */
    static final class Writing {
        private final Write row;
        private final long end;
        private int length;
        private boolean ended;

        /** Begins anew, whatever was written before. */
        Writing(Write row, long end) {
            this.row = row;
            this.end = end;
            row.tokens = new long[0];
            row.logProbability = 0;
        }

        /** One more token, unless the row has ended: with its end mark, or as long as it may be. */
        void write(long token, float logProbability) {
            if (ended) {
                return;
            }
            if (length == row.tokens.length) {
                row.tokens = Arrays.copyOf(row.tokens, Math.min(row.maxNew, Math.max(16, 2 * length)));
            }
            row.tokens[length++] = token;
            row.logProbability += logProbability;
            ended = token == end || length == row.maxNew;
            if (ended) {
                row.tokens = Arrays.copyOf(row.tokens, length);
            }
        }

        /** Which of them have not ended. */
        static int[] unended(List<Writing> rows) {
            return IntStream.range(0, rows.size())
                    .filter(i -> !rows.get(i).ended)
                    .toArray();
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
