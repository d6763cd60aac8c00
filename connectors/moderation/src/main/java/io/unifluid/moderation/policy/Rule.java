package io.unifluid.moderation.policy;

import java.util.List;

/**
 * A decision that depends on several questions.
 *
 * @param every whether all conditions must hold, or one is enough
 */
public record Rule(String name, Decision decision, boolean every, List<Condition> conditions, List<String> labels) {
    public Rule {
        conditions = List.copyOf(conditions);
        labels = List.copyOf(labels);
    }
}
