package io.unifluid.scheduling;

/**
 * Expected service time of a task when it runs by itself, in milliseconds on the reference device. Batches run faster
 * than the sum of their items, so a sum of costs is an upper bound. Only ratios matter for batching and fairness;
 * {@link BacklogEstimate} divides by the measured rate, so a wrong scale cancels out there.
 *
 * <pre>
 * caption  = encode + perPromptToken * hint tokens + perTextToken * text tokens
 * vqa      = encode + sum over questions of perPromptToken * (question and choices) + perTextToken * answerTokens
 * generate = count * (perPromptToken * prompt tokens + perImageStep * tokens * steps * passes)
 * edit     = encode + perPromptToken * instruction tokens + perImageStep * tokens * steps * passes
 * tokens   = pixels / 256, passes = 2 with guidance (the default), 1 with guidance 1
 * </pre>
 *
 * @param encode reading one picture
 * @param perPromptToken reading one token of text
 * @param perTextToken writing one token of text
 * @param perImageStep one denoising step of one picture token
 * @param captionTokens text tokens of a caption when the caller leaves them to the model
 * @param answerTokens text tokens of a free answer
 * @param defaultSteps denoising steps when the caller leaves them to the model
 * @param defaultSide width and height in pixels when the caller leaves them to the model
 */
public record CostModel(
        double encode,
        double perPromptToken,
        double perTextToken,
        double perImageStep,
        int captionTokens,
        int answerTokens,
        int defaultSteps,
        int defaultSide) {
    private static final int PIXELS_PER_TOKEN = 16 * 16;

    public CostModel {
        Require.positive("encode", encode);
        Require.notNegative("perPromptToken", perPromptToken);
        Require.notNegative("perTextToken", perTextToken);
        Require.notNegative("perImageStep", perImageStep);
        Require.atLeast("captionTokens", captionTokens, 1);
        Require.atLeast("answerTokens", answerTokens, 1);
        Require.atLeast("defaultSteps", defaultSteps, 1);
        Require.atLeast("defaultSide", defaultSide, 16);
    }

    /** Rough figures for the reference model on two CPU cores. */
    public static CostModel defaults() {
        return new CostModel(10.0, 0.1, 1.0, 0.5, 24, 4, 8, 128);
    }

    /** The task's cost in milliseconds; above zero. */
    public double cost(Task task) {
        return switch (task) {
            case Task.Caption t ->
                encode
                        + perPromptToken * Buckets.promptTokens(t)
                        + perTextToken * (t.maxTokens() > 0 ? Math.min(t.maxTokens(), captionTokens) : captionTokens);
            case Task.Vqa t ->
                encode + t.questions().stream().mapToDouble(this::question).sum();
            case Task.Generate t ->
                Math.max(1, t.count())
                        * (perPromptToken * Buckets.promptTokens(t)
                                + picture(
                                        side(t.width()),
                                        side(t.height()),
                                        t.steps(),
                                        t.guidance().orElse(2)));
            case Task.Edit t ->
                encode
                        + perPromptToken * Buckets.promptTokens(t)
                        + picture(
                                defaultSide,
                                defaultSide,
                                t.steps(),
                                t.guidance().orElse(2));
        };
    }

    private double question(Task.Question question) {
        int choices =
                question.choices().stream().mapToInt(Buckets::approximateTokens).sum();
        double reading = perPromptToken * (Buckets.approximateTokens(question.text()) + choices);
        return reading + (question.choices().isEmpty() ? perTextToken * answerTokens : perTextToken);
    }

    private double picture(int width, int height, int steps, double guidance) {
        double tokens = Math.max(1.0, (double) width * height / PIXELS_PER_TOKEN);
        int passes = guidance == 1 ? 1 : 2;
        return perImageStep * tokens * (steps > 0 ? steps : defaultSteps) * passes;
    }

    private int side(int pixels) {
        return pixels > 0 ? pixels : defaultSide;
    }
}
