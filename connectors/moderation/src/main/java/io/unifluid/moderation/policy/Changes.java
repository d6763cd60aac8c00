package io.unifluid.moderation.policy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** What differs between two versions of a policy, field by field. */
public final class Changes {
    /** One line for each field: {@code + field: value}, {@code - field: value} or {@code ~ field: before -> after}. */
    public static List<String> between(Policy before, Policy after) {
        var old = fields(before);
        var now = fields(after);
        var names = new TreeSet<>(old.keySet());
        names.addAll(now.keySet());
        var lines = new ArrayList<String>();
        for (var name : names) {
            if (!old.containsKey(name)) {
                lines.add("+ " + name + ": " + now.get(name));
            } else if (!now.containsKey(name)) {
                lines.add("- " + name + ": " + old.get(name));
            } else if (!old.get(name).equals(now.get(name))) {
                lines.add("~ " + name + ": " + old.get(name) + " -> " + now.get(name));
            }
        }
        return lines;
    }

    private static Map<String, String> fields(Policy policy) {
        var fields = new LinkedHashMap<String, String>();
        fields.put("retired", Boolean.toString(policy.retired()));
        fields.put("shadow", Boolean.toString(policy.shadow()));
        fields.put("onFailure", lower(policy.onFailure()));
        fields.put("sample", Double.toString(policy.sample()));
        for (var question : policy.questions()) {
            var field = "questions." + question.name();
            fields.put(field + ".ask", question.asked().text());
            fields.put(field + ".choices", question.asked().choices().toString());
            for (var watch : question.watches()) {
                var where = field + ".bands[" + watch.choice() + "]";
                watch.bands()
                        .forEach(band -> fields.put(
                                where + "." + lower(band.decision()) + (fields.containsKey(where) ? "'" : ""),
                                band.from() + " to " + band.to()));
                fields.put(where + ".labels", watch.labels().toString());
            }
        }
        for (var rule : policy.rules()) {
            fields.put(
                    "rules." + rule.name(),
                    lower(rule.decision()) + " if " + (rule.every() ? "all of " : "any of ")
                            + rule.conditions().stream().map(Changes::text).toList() + ", labels " + rule.labels());
        }
        return fields;
    }

    private static String text(Condition condition) {
        return condition.question() + "/" + condition.choice() + " from " + condition.atLeast()
                + (condition.below() == Condition.NO_BOUND ? "" : " below " + condition.below());
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private Changes() {}
}
