package io.unifluid.moderation.file;

import io.unifluid.moderation.policy.Asked;
import io.unifluid.moderation.policy.Band;
import io.unifluid.moderation.policy.Condition;
import io.unifluid.moderation.policy.Decision;
import io.unifluid.moderation.policy.OnFailure;
import io.unifluid.moderation.policy.Policy;
import io.unifluid.moderation.policy.PolicyQuestion;
import io.unifluid.moderation.policy.PolicyRules;
import io.unifluid.moderation.policy.Rule;
import io.unifluid.moderation.policy.Watch;
import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * A policy as teams write it: YAML, of which JSON is a part. Every scalar is a text until a field asks for something else,
 * so that the choices {@code yes} and {@code no} are what they look like.
 */
public final class PolicyFile {
    private static final int LONGEST = 1024 * 1024;
    private static final int DEEPEST = 20;

    /**
     * @param file its name, for messages
     * @param tenant whose it is where the file does not say
     * @return a sound policy; its version is 1 where the file does not say
     * @throws BadFileException with one sentence for each field that is wrong
     */
    public static Policy read(String file, String text, String tenant) {
        var problems = new ArrayList<String>();
        var policy = policy(Fields.of("", parsed(file, text), problems), tenant);
        if (problems.isEmpty()) {
            problems.addAll(PolicyRules.problems(policy));
        }
        if (!problems.isEmpty()) {
            throw new BadFileException(file, problems);
        }
        return policy;
    }

    private static Object parsed(String file, String text) {
        if (text.length() > LONGEST) {
            throw new BadFileException(
                    file, List.of("The file has " + text.length() + " characters; the limit is " + LONGEST + "."));
        }
        var loading = new LoaderOptions();
        loading.setAllowDuplicateKeys(false);
        loading.setNestingDepthLimit(DEEPEST);
        loading.setMaxAliasesForCollections(DEEPEST);
        loading.setCodePointLimit(LONGEST);
        var dumping = new DumperOptions();
        try {
            return new Yaml(new SafeConstructor(loading), new Representer(dumping), dumping, loading, new Texts())
                    .load(text);
        } catch (MarkedYAMLException e) {
            var mark = e.getProblemMark();
            throw new BadFileException(
                    file,
                    List.of((mark == null ? "It" : "Line " + (mark.getLine() + 1)) + " is no YAML: "
                            + String.valueOf(e.getProblem()).replace('\n', ' ') + "."));
        } catch (YAMLException e) {
            throw new BadFileException(
                    file,
                    List.of("It is no YAML: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse("") + "."));
        }
    }

    /** Whatever a scalar looks like. */
    private static final class Texts extends Resolver {
        @Override
        protected void addImplicitResolvers() {
            // None: true, 0x10 and 2026-01-01 are what is written.
        }
    }

    private static Policy policy(Fields fields, String tenant) {
        var name = fields.needed("policy");
        var owner = fields.text("tenant", tenant);
        double version = fields.number("version", 1);
        var policy = new Policy(
                owner,
                name,
                (int) version,
                false,
                fields.flag("shadow"),
                fields.constant("onFailure", OnFailure.class, OnFailure.REVIEW),
                fields.number("sample", 0),
                fields.each("questions").stream().map(PolicyFile::question).toList(),
                fields.each("rules").stream().map(PolicyFile::rule).toList(),
                fields.text("note", ""));
        fields.refuseOthers();
        return policy;
    }

    private static PolicyQuestion question(Fields fields) {
        var question = new PolicyQuestion(
                fields.needed("name"),
                new Asked(fields.needed("ask"), fields.texts("choices")),
                fields.each("bands").stream().map(PolicyFile::watch).toList());
        fields.refuseOthers();
        return question;
    }

    private static Watch watch(Fields fields) {
        var choice = fields.needed("choice");
        var allow = fields.range("allow");
        var review = fields.range("review");
        var block = fields.range("block");
        var bands = new ArrayList<Band>();
        allow.ifPresent(range -> bands.add(band(
                Decision.ALLOW,
                range,
                review.or(() -> block).map(List::getFirst).orElse(1.0))));
        review.ifPresent(range ->
                bands.add(band(Decision.REVIEW, range, block.map(List::getFirst).orElse(1.0))));
        block.ifPresent(range -> bands.add(band(Decision.BLOCK, range, 1.0)));
        var watch = new Watch(choice, bands, fields.texts("labels"));
        fields.refuseOthers();
        return watch;
    }

    /** @param end where the next severer band begins, for one that gives its beginning alone */
    private static Band band(Decision decision, List<Double> range, double end) {
        return new Band(decision, range.getFirst(), range.size() == 2 ? range.get(1) : end);
    }

    private static Rule rule(Fields fields) {
        boolean every = !fields.has("any");
        fields.has("all");
        var rule = new Rule(
                fields.needed("name"),
                fields.constant("decide", Decision.class, Decision.REVIEW),
                every,
                fields.each(every ? "all" : "any").stream()
                        .map(PolicyFile::condition)
                        .toList(),
                fields.texts("labels"));
        fields.refuseOthers();
        return rule;
    }

    private static Condition condition(Fields fields) {
        var condition = new Condition(
                fields.needed("question"),
                fields.needed("choice"),
                fields.number("atLeast", 0),
                fields.number("below", Condition.NO_BOUND));
        fields.refuseOthers();
        return condition;
    }

    private PolicyFile() {}
}
