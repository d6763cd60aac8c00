package io.unifluid.moderation.policy;

import java.util.Optional;

/**
 * Why a verdict is what it is: one finding.
 *
 * @param policy whose finding; empty where none was needed
 * @param source what found it, a stable name
 * @param field of the policy, such as {@code questions.weapon.bands[yes]} or {@code rules.armed}; empty where none
 * @param score that was judged
 * @param threshold that the score reached
 * @param text one sentence for people
 */
public record Reason(
        Optional<Policy.Ref> policy,
        boolean shadow,
        Source source,
        Decision decision,
        String field,
        Optional<Double> score,
        Optional<Double> threshold,
        String text) {
    /** What leads to a decision. */
    public enum Source {
        /** A band of a question. */
        BAND,
        /** A condition over several questions. */
        RULE,
        /** A hash list, before the model. */
        HASH_LIST,
        /** There was no answer to judge. */
        FAILURE,
        /** Allowed, and seen by people nevertheless. */
        SAMPLE,
        /** The tenant has no policy. */
        NO_POLICY
    }
}
