package io.unifluid.scheduling.task;

import java.nio.charset.StandardCharsets;

/**
 * Expected service time of a task when it runs by itself, in milliseconds on the reference device: two processor cores
 * and the reference model. Batches run faster than the sum of their items, so a sum of costs is an upper bound. Batching
 * and fairness need ratios alone, and {@code BacklogEstimate} divides by the measured rate, so a wrong scale cancels out
 * there; it does not in {@code AdmissionLimits.maxCost()}.
 *
 * <pre>
 * reading(texts) = perReadToken * (pictureTokens + tokens of the texts)
 * writing        = perWrittenToken * tokens
 * drawing        = pixels / 256 * (perImageToken + perImageStep * steps)
 * </pre>
 *
 * Each {@link TaskKind} says which of these it is made of. Guidance changes nothing: the reference model computes both
 * halves always.
 *
 * @param encode reading one picture into tokens
 * @param perReadToken reading one token, of the picture or of text
 * @param perWrittenToken writing one token of text
 * @param perImageToken placing one token of a picture that is drawn
 * @param perImageStep one denoising step of one such token
 * @param pictureTokens tokens of a picture that is read
 * @param captionTokens text tokens of a caption when the caller leaves them to the model
 * @param answerTokens text tokens of a free answer
 * @param defaultSteps denoising steps when the caller leaves them to the model
 * @param defaultSide width and height in pixels when the caller leaves them to the model
 */
public record CostModel(
        double encode,
        double perReadToken,
        double perWrittenToken,
        double perImageToken,
        double perImageStep,
        int pictureTokens,
        int captionTokens,
        int answerTokens,
        int defaultSteps,
        int defaultSide) {
    private static final int PIXELS_PER_TOKEN = 16 * 16;

    /** Of plain English more, of other scripts and of nonsense less: a caller must not write dear texts that seem cheap. */
    private static final int BYTES_PER_TOKEN = 3;

    public CostModel {
        Preconditions.positive("encode", encode);
        Preconditions.notNegative("perReadToken", perReadToken);
        Preconditions.notNegative("perWrittenToken", perWrittenToken);
        Preconditions.notNegative("perImageToken", perImageToken);
        Preconditions.notNegative("perImageStep", perImageStep);
        Preconditions.atLeast("pictureTokens", pictureTokens, 0);
        Preconditions.atLeast("captionTokens", captionTokens, 1);
        Preconditions.atLeast("answerTokens", answerTokens, 1);
        Preconditions.atLeast("defaultSteps", defaultSteps, 1);
        Preconditions.atLeast("defaultSide", defaultSide, 16);
    }

    /** As {@code tests/bench/run costs} measures the reference model on two cores. */
    public static CostModel defaults() {
        return new CostModel(5.0, 0.07, 0.6, 2.0, 0.16, 16, 24, 4, 20, 64);
    }

    /** The task's cost in milliseconds; above zero. */
    public double cost(Task task) {
        return TaskKind.of(task).cost(this);
    }

    double reading(String... texts) {
        long tokens = 0;
        for (var text : texts) {
            tokens += Math.ceilDiv(text.getBytes(StandardCharsets.UTF_8).length, BYTES_PER_TOKEN);
        }
        return perReadToken * (pictureTokens + tokens);
    }

    double writing(int tokens) {
        return perWrittenToken * tokens;
    }

    /** Numbers that are 0 are left to the model. */
    double drawing(int width, int height, int steps) {
        double tokens = Math.max(1.0, (double) side(width) * side(height) / PIXELS_PER_TOKEN);
        return tokens * (perImageToken + perImageStep * (steps > 0 ? steps : defaultSteps));
    }

    private int side(int pixels) {
        return pixels > 0 ? pixels : defaultSide;
    }
}
