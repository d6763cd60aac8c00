package io.unifluid.moderation.policy;

/**
 * Scores that lead to one decision: from {@code from} up to, and without, {@code to}; 1 belongs to the band that ends there.
 */
public record Band(Decision decision, double from, double to) {
    public boolean holds(double score) {
        return score >= from && (score < to || to >= 1 && score <= 1);
    }
}
