package io.unifluid.moderation.policy;

import java.util.List;

/**
 * A closed question of a policy.
 *
 * @param name within the policy, by which conditions refer to it
 * @param asked what the model is asked
 */
public record PolicyQuestion(String name, Asked asked, List<Watch> watches) {
    public PolicyQuestion {
        watches = List.copyOf(watches);
    }
}
