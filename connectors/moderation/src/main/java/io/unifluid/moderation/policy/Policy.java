package io.unifluid.moderation.policy;

import java.util.List;
import java.util.Optional;

/**
 * One version of what a tenant wants to know about pictures, and what follows from the answers.
 *
 * @param version from 1, without gaps
 * @param retired from this version on the policy judges nothing
 * @param shadow judges and is recorded, but decides nothing
 * @param sample share of the pictures it allows that people see nevertheless, 0 to 1
 * @param note for people: why this version
 */
public record Policy(
        String tenant,
        String name,
        int version,
        boolean retired,
        boolean shadow,
        OnFailure onFailure,
        double sample,
        List<PolicyQuestion> questions,
        List<Rule> rules,
        String note) {
    public Policy {
        questions = List.copyOf(questions);
        rules = List.copyOf(rules);
    }

    /** How it is named in verdicts. */
    public Ref ref() {
        return new Ref(name, version);
    }

    /** A version of a policy of a known tenant. */
    public record Ref(String name, int version) {}

    public Optional<PolicyQuestion> question(String named) {
        return questions.stream()
                .filter(question -> question.name().equals(named))
                .findFirst();
    }

    /** What it asks, in its order. */
    public List<Asked> asked() {
        return questions.stream().map(PolicyQuestion::asked).distinct().toList();
    }

    public Policy withVersion(int other) {
        return new Policy(tenant, name, other, retired, shadow, onFailure, sample, questions, rules, note);
    }

    public Policy withTenant(String other) {
        return new Policy(other, name, version, retired, shadow, onFailure, sample, questions, rules, note);
    }

    /** The version that ends it. */
    public Policy retiredAs(int next, String why) {
        return new Policy(tenant, name, next, true, shadow, onFailure, sample, questions, rules, why);
    }

    /** Whether it says the same, whatever its version and its note. */
    public boolean same(Policy other) {
        return withVersion(0).withNote("").equals(other.withVersion(0).withNote(""));
    }

    private Policy withNote(String other) {
        return new Policy(tenant, name, version, retired, shadow, onFailure, sample, questions, rules, other);
    }
}
