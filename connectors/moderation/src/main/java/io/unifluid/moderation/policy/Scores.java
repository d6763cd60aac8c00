package io.unifluid.moderation.policy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** The model's calibrated scores, by question and choice. */
public record Scores(Map<Asked, List<Double>> byQuestion) {
    public static final Scores NONE = new Scores(Map.of());

    public Scores {
        byQuestion = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(byQuestion));
    }

    public boolean has(Asked asked) {
        return byQuestion.containsKey(asked);
    }

    /** Whether each of its choices has a score that is a number. */
    public boolean answer(Asked asked) {
        var scores = byQuestion.get(asked);
        return scores != null
                && scores.size() >= asked.choices().size()
                && scores.stream().noneMatch(score -> Double.isNaN(score));
    }

    /** Empty where it was not asked, and for what is no number. */
    public OptionalDouble of(Asked asked, String choice) {
        var scores = byQuestion.get(asked);
        int at = asked.choices().indexOf(choice);
        return scores == null || at < 0 || at >= scores.size() || Double.isNaN(scores.get(at))
                ? OptionalDouble.empty()
                : OptionalDouble.of(scores.get(at));
    }
}
