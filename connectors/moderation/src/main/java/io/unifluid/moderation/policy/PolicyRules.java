package io.unifluid.moderation.policy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a policy must be before it may judge. Each complaint is one sentence that begins with the field's name; the same
 * rules hold for a file and for what comes by the topic.
 */
public final class PolicyRules {
    /** Of one request: a tenant's policies together ask no more. */
    public static final int MOST_QUESTIONS = 64;

    public static final int MOST_CHOICES = 256;
    public static final int LONGEST_TEXT = 8_192;

    private static final int MOST_RULES = 256;
    private static final int MOST_CONDITIONS = 64;
    private static final int MOST_LABELS = 32;
    private static final int LONGEST_TENANT = 200;
    private static final int LONGEST_NOTE = 2_000;
    private static final int MOST_SAID = 20;
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
    private static final Pattern LABEL = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{M}\\p{N} ._:/+-]{0,63}");

    private final Policy policy;
    private final List<String> wrong = new ArrayList<>();

    private PolicyRules(Policy policy) {
        this.policy = policy;
    }

    /** One sentence for each thing that is wrong, at most twenty; none when it may judge. */
    public static List<String> problems(Policy policy) {
        var rules = new PolicyRules(policy);
        rules.all();
        return rules.wrong.size() <= MOST_SAID
                ? List.copyOf(rules.wrong)
                : Stream.concat(
                                rules.wrong.stream().limit(MOST_SAID),
                                Stream.of("and " + (rules.wrong.size() - MOST_SAID) + " more."))
                        .toList();
    }

    /** What of a tenant's policies together cannot work: they share one request. */
    public static List<String> problemsTogether(List<Policy> policies) {
        long asked = policies.stream()
                .flatMap(policy -> policy.asked().stream())
                .distinct()
                .count();
        return asked <= MOST_QUESTIONS
                ? List.of()
                : List.of("questions: the tenant's policies together ask " + asked
                        + " different questions; one request takes " + MOST_QUESTIONS
                        + ": ask fewer, or the same ones in the same words.");
    }

    /** Whether a tenant can be named so. */
    public static boolean isTenant(String tenant) {
        return !tenant.isBlank() && tenant.length() <= LONGEST_TENANT && !hasUnseen(tenant) && !tenant.contains("/");
    }

    /** Whether a picture can get this label. */
    public static boolean isLabel(String label) {
        return LABEL.matcher(label).matches();
    }

    private void all() {
        if (!NAME.matcher(policy.name()).matches()) {
            say("policy", "'" + shown(policy.name()) + "' is no name: use up to 64 of a-z, 0-9 and . _ -");
        }
        if (!isTenant(policy.tenant())) {
            say("tenant", "'" + shown(policy.tenant()) + "' is no tenant: give up to 200 visible characters without /");
        }
        if (policy.version() < 1) {
            say("version", policy.version() + " is no version: they begin with 1");
        }
        if (!(policy.sample() >= 0 && policy.sample() <= 1)) {
            say("sample", "is " + policy.sample() + "; it must be from 0 to 1");
        }
        if (policy.note().length() > LONGEST_NOTE) {
            say("note", "has " + policy.note().length() + " characters; the limit is " + LONGEST_NOTE);
        }
        if (policy.retired()) {
            return;
        }
        if (policy.questions().isEmpty()) {
            say("questions", "there is none: ask at least one");
        }
        if (policy.questions().size() > MOST_QUESTIONS) {
            say("questions", "there are " + policy.questions().size() + "; the limit is " + MOST_QUESTIONS);
            return;
        }
        if (policy.rules().size() > MOST_RULES) {
            say("rules", "there are " + policy.rules().size() + "; the limit is " + MOST_RULES);
            return;
        }
        var names = new HashSet<String>();
        for (int i = 0; i < policy.questions().size(); i++) {
            var question = policy.questions().get(i);
            var field = "questions[" + i + "]";
            name(field + ".name", question.name(), names);
            question("questions." + shown(question.name()), question);
        }
        names.clear();
        for (int i = 0; i < policy.rules().size(); i++) {
            name("rules[" + i + "].name", policy.rules().get(i).name(), names);
            rule("rules." + shown(policy.rules().get(i).name()), policy.rules().get(i));
        }
        if (policy.rules().isEmpty()
                && policy.questions().stream()
                        .allMatch(question -> question.watches().isEmpty())) {
            say("questions", "neither bands nor rules look at any answer: give one of them");
        }
    }

    private void name(String field, String name, HashSet<String> names) {
        if (!NAME.matcher(name).matches()) {
            say(field, "'" + shown(name) + "' is no name: use up to 64 of a-z, 0-9 and . _ -");
        } else if (!names.add(name)) {
            say(field, "'" + name + "' is there twice: give each a name of its own");
        }
    }

    private void question(String field, PolicyQuestion question) {
        text(field + ".ask", question.asked().text());
        var choices = question.asked().choices();
        if (choices.size() < 2 || choices.size() > MOST_CHOICES) {
            say(field + ".choices", "there are " + choices.size() + "; give 2 to " + MOST_CHOICES);
        }
        for (int i = 0; i < Math.min(choices.size(), MOST_CHOICES); i++) {
            text(field + ".choices[" + i + "]", choices.get(i));
            if (choices.indexOf(choices.get(i)) < i) {
                say(field + ".choices[" + i + "]", "'" + shown(choices.get(i)) + "' is there twice");
            }
        }
        var watched = new HashSet<String>();
        for (int i = 0; i < question.watches().size(); i++) {
            var watch = question.watches().get(i);
            var where = field + ".bands[" + i + "]";
            choice(where + ".choice", question, watch.choice());
            if (!watched.add(watch.choice())) {
                say(where + ".choice", "'" + shown(watch.choice()) + "' has bands already: give them together");
            }
            bands(where, watch);
            labels(where + ".labels", watch.labels());
        }
    }

    private void bands(String field, Watch watch) {
        if (watch.bands().stream().allMatch(band -> band.decision() == Decision.ALLOW)) {
            say(field, "there is neither a review nor a block band: give one");
        }
        boolean sound = true;
        for (var band : watch.bands()) {
            var where = field + "." + of(band);
            if (!(band.from() >= 0 && band.from() <= 1 && band.to() >= 0 && band.to() <= 1)) {
                say(where, "goes from " + band.from() + " to " + band.to() + "; scores are from 0 to 1");
                sound = false;
            } else if (band.from() >= band.to()) {
                say(
                        where,
                        "goes from " + band.from() + " to " + band.to()
                                + ": its beginning must lie below its end, and review below block");
                sound = false;
            }
        }
        for (int i = 1; sound && i < watch.bands().size(); i++) {
            var lower = watch.bands().get(i - 1);
            var upper = watch.bands().get(i);
            if (upper.from() < lower.to()) {
                say(
                        field + "." + of(upper),
                        "begins at " + upper.from() + ", but " + of(lower) + " goes up to " + lower.to()
                                + ": bands must not overlap");
            } else if (upper.from() > lower.to() && hasAllow(watch)) {
                say(
                        field + "." + of(upper),
                        "begins at " + upper.from() + " and " + of(lower) + " ends at " + lower.to()
                                + ": with an allow band, all together must leave no gap");
            }
        }
        if (sound && hasAllow(watch)) {
            if (watch.bands().getFirst().from() > 0) {
                say(field, "the scores from 0 to " + watch.bands().getFirst().from() + " lie in no band");
            }
            if (watch.bands().getLast().to() < 1) {
                say(field, "the scores from " + watch.bands().getLast().to() + " to 1 lie in no band");
            }
        }
    }

    private static boolean hasAllow(Watch watch) {
        return watch.bands().stream().anyMatch(band -> band.decision() == Decision.ALLOW);
    }

    private static String of(Band band) {
        return band.decision().name().toLowerCase(java.util.Locale.ROOT);
    }

    private void rule(String field, Rule rule) {
        if (rule.conditions().isEmpty() || rule.conditions().size() > MOST_CONDITIONS) {
            say(
                    field,
                    "there are " + rule.conditions().size() + " conditions; give 1 to " + MOST_CONDITIONS
                            + " under 'all' or 'any'");
        }
        for (int i = 0; i < Math.min(rule.conditions().size(), MOST_CONDITIONS); i++) {
            var condition = rule.conditions().get(i);
            var where = field + (rule.every() ? ".all[" : ".any[") + i + "]";
            var question = policy.question(condition.question());
            if (question.isEmpty()) {
                say(where + ".question", "there is no question '" + shown(condition.question()) + "' in this policy");
            } else {
                choice(where + ".choice", question.get(), condition.choice());
            }
            threshold(where + ".atLeast", condition.atLeast());
            if (condition.below() != Condition.NO_BOUND) {
                threshold(where + ".below", condition.below());
            }
            if (condition.atLeast() >= condition.below()) {
                say(where, "no score is at least " + condition.atLeast() + " and below " + condition.below());
            }
        }
        labels(field + ".labels", rule.labels());
    }

    private void threshold(String field, double threshold) {
        if (!(threshold >= 0 && threshold <= 1)) {
            say(field, "is " + threshold + "; scores are from 0 to 1");
        }
    }

    private void choice(String field, PolicyQuestion question, String choice) {
        if (!question.asked().choices().contains(choice)) {
            say(
                    field,
                    "'" + shown(choice) + "' is none of the choices of '" + shown(question.name()) + "': "
                            + shown(String.join(", ", question.asked().choices())));
        }
    }

    private void labels(String field, List<String> labels) {
        if (labels.size() > MOST_LABELS) {
            say(field, "there are " + labels.size() + "; the limit is " + MOST_LABELS);
        }
        for (int i = 0; i < Math.min(labels.size(), MOST_LABELS); i++) {
            if (!isLabel(labels.get(i))) {
                say(
                        field + "[" + i + "]",
                        "'" + shown(labels.get(i))
                                + "' is no label: use up to 64 letters, digits, spaces and . _ : / + - and begin with a letter or digit");
            }
        }
    }

    private void text(String field, String text) {
        if (text.isBlank()) {
            say(field, "is empty: write it out");
        } else if (text.length() > LONGEST_TEXT) {
            say(field, "has " + text.length() + " characters; the limit is " + LONGEST_TEXT);
        } else if (hasUnseen(text)) {
            say(field, "has characters that nobody sees, such as line ends: leave them out");
        }
    }

    private static boolean hasUnseen(String text) {
        return text.codePoints()
                .anyMatch(point -> Character.isISOControl(point)
                        || Character.getType(point) == Character.LINE_SEPARATOR
                        || Character.getType(point) == Character.SURROGATE);
    }

    private void say(String field, String what) {
        wrong.add(field + ": " + what + (what.endsWith(".") ? "" : "."));
    }

    private static String shown(String text) {
        var visible = new StringBuilder();
        text.codePoints()
                .limit(60)
                .forEach(point -> visible.appendCodePoint(hasUnseen(Character.toString(point)) ? '?' : point));
        return text.length() > 60 ? visible + ".." : visible.toString();
    }
}
