package io.unifluid.moderation.event;

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
import io.unifluid.schemas.FailureRule;
import io.unifluid.schemas.ModerationDecision;
import io.unifluid.schemas.ModerationPolicy;
import io.unifluid.schemas.PolicyCondition;
import io.unifluid.schemas.PolicyRule;
import io.unifluid.schemas.Question;
import io.unifluid.schemas.ScoreBand;
import io.unifluid.schemas.WatchedChoice;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Policies as they travel. */
public final class PolicyRecords {
    /**
     * What came by the topic, which anybody may have written.
     *
     * @param problems one sentence each; none for a policy that may judge
     */
    public record Received(Policy policy, List<String> problems) {
        public Received {
            problems = List.copyOf(problems);
        }

        public boolean sound() {
            return problems.isEmpty();
        }
    }

    /** @param key of the record, which must be the policy's own */
    public static Received read(String key, ModerationPolicy record) {
        var problems = new ArrayList<String>();
        var policy = new Policy(
                record.getTenant(),
                record.getPolicy(),
                record.getVersion(),
                record.getRetired(),
                record.getShadow(),
                onFailure(record.getOnFailure(), problems),
                record.getSample(),
                record.getQuestions().stream()
                        .map(question -> question(question, problems))
                        .toList(),
                record.getRules().stream().map(rule -> rule(rule, problems)).toList(),
                record.getNote());
        problems.addAll(PolicyRules.problems(policy));
        if (!Keys.of(policy).equals(key)) {
            problems.add("key: the record's key must be " + Keys.of(policy) + ".");
        }
        return new Received(policy, problems);
    }

    private static PolicyQuestion question(io.unifluid.schemas.PolicyQuestion question, List<String> problems) {
        return new PolicyQuestion(
                question.getName(),
                new Asked(
                        question.getQuestion().getText(), question.getQuestion().getChoices()),
                question.getBands().stream()
                        .map(watched -> new Watch(
                                watched.getChoice(),
                                watched.getBands().stream()
                                        .map(band -> new Band(
                                                decision(band.getDecision(), problems), band.getFrom(), band.getTo()))
                                        .toList(),
                                watched.getLabels()))
                        .toList());
    }

    private static Rule rule(PolicyRule rule, List<String> problems) {
        return new Rule(
                rule.getName(),
                decision(rule.getDecision(), problems),
                rule.getEvery(),
                rule.getConditions().stream()
                        .map(condition -> new Condition(
                                condition.getQuestion(),
                                condition.getChoice(),
                                condition.getAtLeast(),
                                condition.getBelow() == null ? Condition.NO_BOUND : condition.getBelow()))
                        .toList(),
                rule.getLabels());
    }

    /** @param author for people */
    public static ModerationPolicy written(Policy policy, String author, Instant at) {
        return ModerationPolicy.newBuilder()
                .setTenant(policy.tenant())
                .setPolicy(policy.name())
                .setVersion(policy.version())
                .setRetired(policy.retired())
                .setShadow(policy.shadow())
                .setOnFailure(
                        switch (policy.onFailure()) {
                            case OPEN -> FailureRule.OPEN;
                            case CLOSED -> FailureRule.CLOSED;
                            case REVIEW -> FailureRule.REVIEW;
                        })
                .setSample(policy.sample())
                .setQuestions(
                        policy.questions().stream().map(PolicyRecords::written).toList())
                .setRules(policy.rules().stream()
                        .map(rule -> new PolicyRule(
                                rule.name(),
                                written(rule.decision()),
                                rule.every(),
                                rule.conditions().stream()
                                        .map(condition -> new PolicyCondition(
                                                condition.question(),
                                                condition.choice(),
                                                condition.atLeast(),
                                                condition.below() == Condition.NO_BOUND ? null : condition.below()))
                                        .toList(),
                                rule.labels()))
                        .toList())
                .setNote(policy.note())
                .setAuthor(author)
                .setCreatedAt(at)
                .build();
    }

    private static io.unifluid.schemas.PolicyQuestion written(PolicyQuestion question) {
        return new io.unifluid.schemas.PolicyQuestion(
                question.name(),
                asked(question.asked()),
                question.watches().stream()
                        .map(watch -> new WatchedChoice(
                                watch.choice(),
                                watch.bands().stream()
                                        .map(band -> new ScoreBand(written(band.decision()), band.from(), band.to()))
                                        .toList(),
                                watch.labels()))
                        .toList());
    }

    public static Question asked(Asked asked) {
        return new Question(asked.text(), asked.choices());
    }

    public static ModerationDecision written(Decision decision) {
        return switch (decision) {
            case ALLOW -> ModerationDecision.ALLOW;
            case REVIEW -> ModerationDecision.REVIEW;
            case BLOCK -> ModerationDecision.BLOCK;
        };
    }

    /** @return the careful one for what this version does not know */
    public static Decision read(ModerationDecision decision) {
        return switch (decision) {
            case ALLOW -> Decision.ALLOW;
            case BLOCK -> Decision.BLOCK;
            case REVIEW, UNKNOWN -> Decision.REVIEW;
        };
    }

    private static Decision decision(ModerationDecision decision, List<String> problems) {
        if (decision == ModerationDecision.UNKNOWN) {
            problems.add("decision: there is one that this version does not know; use ALLOW, REVIEW or BLOCK.");
        }
        return read(decision);
    }

    private static OnFailure onFailure(FailureRule rule, List<String> problems) {
        return switch (rule) {
            case OPEN -> OnFailure.OPEN;
            case CLOSED -> OnFailure.CLOSED;
            case REVIEW -> OnFailure.REVIEW;
            case UNKNOWN -> {
                problems.add("onFailure: this version does not know it; use OPEN, CLOSED or REVIEW.");
                yield OnFailure.REVIEW;
            }
        };
    }

    private PolicyRecords() {}
}
