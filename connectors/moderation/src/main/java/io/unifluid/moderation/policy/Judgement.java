package io.unifluid.moderation.policy;

import java.util.List;

/**
 * What a tenant's policies say of one picture.
 *
 * @param sampled allowed, and to be seen by people nevertheless
 * @param labels of what was found, shadows left out
 * @param reasons the most severe first
 * @param byPolicy what each policy by itself decides, shadows included
 */
public record Judgement(
        Decision decision, boolean sampled, List<String> labels, List<Reason> reasons, List<ByPolicy> byPolicy) {
    /** One policy's own decision. */
    public record ByPolicy(Policy.Ref policy, boolean shadow, Decision decision) {}

    public Judgement {
        labels = List.copyOf(labels);
        reasons = List.copyOf(reasons);
        byPolicy = List.copyOf(byPolicy);
    }

    /** Whether people must see it. */
    public boolean flagged() {
        return sampled || decision != Decision.ALLOW;
    }
}
