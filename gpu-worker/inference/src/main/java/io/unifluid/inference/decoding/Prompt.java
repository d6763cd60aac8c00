package io.unifluid.inference.decoding;

import io.unifluid.inference.image.ImageTensor;
import io.unifluid.inference.ort.GraphFailure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A picture and the tokens about it, which is read once, and what comes after it: texts to write, answers to score. */
final class Prompt {
    final ImageTensor image;
    final long[] ids;
    final List<Text> texts = new ArrayList<>();
    final List<Answer> answers = new ArrayList<>();
    GraphFailure failure;

    Prompt(ImageTensor image, long[] ids) {
        this.image = image;
        this.ids = ids;
    }

    /** Whether the same is read. */
    boolean same(ImageTensor otherImage, long[] otherIds) {
        return Arrays.equals(ids, otherIds) && image.equals(otherImage);
    }

    /** A text to write after it. */
    static final class Text {
        final int most;
        final long seed;
        long[] tokens = {};
        double logProbability;
        boolean ended;

        /** @param most tokens, its end mark included */
        Text(int most, long seed) {
            this.most = most;
            this.seed = seed;
        }

        void begin() {
            tokens = new long[0];
            logProbability = 0;
            ended = false;
        }

        /** One more token, unless the text has ended: with an end mark, or as long as it may be. */
        void write(long token, double log, Rules rules) {
            if (ended) {
                return;
            }
            tokens = Arrays.copyOf(tokens, tokens.length + 1);
            tokens[tokens.length - 1] = token;
            logProbability += log;
            ended = rules.ends().contains(token) || tokens.length >= most;
        }
    }

    /** An answer to score after it. */
    static final class Answer {
        final long[] ids;
        double logProbability;

        /** @param ids with its end mark */
        Answer(long[] ids) {
            this.ids = ids;
        }
    }
}
