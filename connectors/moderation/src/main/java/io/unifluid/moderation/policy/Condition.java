package io.unifluid.moderation.policy;

/**
 * Whether the score of a choice is at least one threshold and below another.
 *
 * @param question by its name
 * @param atLeast 0 for no lower bound
 * @param below above 1 for no upper bound
 */
public record Condition(String question, String choice, double atLeast, double below) {
    /** No upper bound. */
    public static final double NO_BOUND = 2;

    boolean holds(double score) {
        return score >= atLeast && score < below;
    }
}
