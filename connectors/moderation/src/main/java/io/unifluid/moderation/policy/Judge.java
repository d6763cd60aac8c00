package io.unifluid.moderation.policy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * From scores to a decision. The same policies, scores and subject give the same judgement, whenever and wherever it is
 * asked for: that is what makes a verdict provable and a replay honest.
 */
public final class Judge {
    private static final Comparator<Reason> MOST_SEVERE_FIRST =
            Comparator.comparing(Reason::shadow).thenComparing(Reason::decision, Comparator.reverseOrder());

    /**
     * @param policies in force, none of them retired; with none, nothing is found
     * @param failure why there are no scores at all, one sentence; a policy whose question has no score fails by itself
     * @param sampledBy what decides who is sampled: the content's hash, or the subject where that is not known
     */
    public static Judgement judge(List<Policy> policies, Scores scores, Optional<String> failure, String sampledBy) {
        return judge(policies, scores, failure, sampledBy, true);
    }

    /** The same without reasons, whose sentences are most of the work where many are judged and only counted. */
    public static Judgement decide(List<Policy> policies, Scores scores, String sampledBy) {
        return judge(policies, scores, Optional.empty(), sampledBy, false);
    }

    private static Judgement judge(
            List<Policy> policies, Scores scores, Optional<String> failure, String sampledBy, boolean explained) {
        var reasons = new ArrayList<Reason>();
        var byPolicy = new ArrayList<Judgement.ByPolicy>();
        Set<String> labels = new LinkedHashSet<>();
        var decision = Decision.ALLOW;
        boolean drawn = false;
        for (var policy : policies) {
            var found = new Findings(policy, scores, explained);
            found.all(failure);
            byPolicy.add(new Judgement.ByPolicy(policy.ref(), policy.shadow(), found.decision));
            reasons.addAll(found.reasons);
            if (!policy.shadow()) {
                labels.addAll(found.labels);
                decision = decision.or(found.decision);
                drawn |= isSampled(policy, sampledBy);
            }
        }
        boolean sampled = drawn && decision == Decision.ALLOW;
        if (sampled && explained) {
            reasons.add(new Reason(
                    Optional.empty(),
                    false,
                    Reason.Source.SAMPLE,
                    Decision.ALLOW,
                    "sample",
                    Optional.empty(),
                    Optional.empty(),
                    "It is allowed, and among those that people see nevertheless."));
        }
        reasons.sort(MOST_SEVERE_FIRST);
        return new Judgement(decision, sampled, List.copyOf(labels), reasons, byPolicy);
    }

    /** By the first 53 bits of a hash, so that who asks again gets the same answer and nobody can choose it. */
    static boolean isSampled(Policy policy, String by) {
        if (policy.sample() <= 0) {
            return false;
        }
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update((policy.tenant() + '\n' + policy.name() + '\n' + by).getBytes(StandardCharsets.UTF_8));
            long bits = ByteBuffer.wrap(digest.digest()).getLong() >>> 11;
            return bits * 0x1.0p-53 < policy.sample();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }

    /** Of one policy. */
    private static final class Findings {
        private final Policy policy;
        private final Scores scores;
        private final boolean explained;
        private final List<Reason> reasons = new ArrayList<>();
        private final Set<String> labels = new LinkedHashSet<>();
        private Decision decision = Decision.ALLOW;

        Findings(Policy policy, Scores scores, boolean explained) {
            this.policy = policy;
            this.scores = scores;
            this.explained = explained;
        }

        void all(Optional<String> failure) {
            if (failure.isPresent()) {
                failed("onFailure", failure.get());
                return;
            }
            for (var question : policy.questions()) {
                if (!scores.answer(question.asked())) {
                    failed("questions." + question.name(), "The question '" + question.name() + "' has no score.");
                    return;
                }
            }
            policy.questions().forEach(this::question);
            policy.rules().forEach(this::rule);
        }

        private void question(PolicyQuestion question) {
            for (var watch : question.watches()) {
                double score = score(question, watch.choice());
                watch.band(score)
                        .filter(band -> band.decision() != Decision.ALLOW)
                        .ifPresent(band ->
                                found(band.decision(), watch.labels(), () -> reason(question, watch, band, score)));
            }
        }

        private Reason reason(PolicyQuestion question, Watch watch, Band band, double score) {
            return reason(
                    Reason.Source.BAND,
                    band.decision(),
                    "questions." + question.name() + ".bands[" + watch.choice() + "]",
                    Optional.of(score),
                    Optional.of(band.from()),
                    "'" + question.asked().text() + "' is answered '" + watch.choice() + "' with " + thousandths(score)
                            + ", which is from " + plain(band.from()) + " to " + plain(band.to()) + ".");
        }

        private void rule(Rule rule) {
            var holding = rule.conditions().stream()
                    .filter(condition -> condition.holds(
                            score(policy.question(condition.question()).orElseThrow(), condition.choice())))
                    .toList();
            if (rule.every() ? holding.size() == rule.conditions().size() : !holding.isEmpty()) {
                var first = holding.getFirst();
                found(
                        rule.decision(),
                        rule.labels(),
                        () -> reason(
                                Reason.Source.RULE,
                                rule.decision(),
                                "rules." + rule.name(),
                                Optional.of(
                                        score(policy.question(first.question()).orElseThrow(), first.choice())),
                                Optional.of(first.atLeast()),
                                (rule.every() ? "All conditions" : "One of the conditions") + " of the rule '"
                                        + rule.name() + "' " + (rule.every() ? "hold." : "holds.")));
            }
        }

        private double score(PolicyQuestion question, String choice) {
            return scores.of(question.asked(), choice).orElseThrow();
        }

        private void failed(String field, String why) {
            var decided = policy.onFailure().decision();
            found(
                    decided,
                    List.of(),
                    () -> reason(Reason.Source.FAILURE, decided, field, Optional.empty(), Optional.empty(), why));
        }

        private void found(Decision decided, List<String> more, Supplier<Reason> reason) {
            decision = decision.or(decided);
            if (decided != Decision.ALLOW) {
                labels.addAll(more);
            }
            if (explained) {
                reasons.add(reason.get());
            }
        }

        private Reason reason(
                Reason.Source source,
                Decision decided,
                String field,
                Optional<Double> score,
                Optional<Double> threshold,
                String text) {
            return new Reason(
                    Optional.of(policy.ref()), policy.shadow(), source, decided, field, score, threshold, text);
        }

        /** With three digits; without a format, which a replay of many would spend its time on. */
        private static String thousandths(double score) {
            long rounded = Math.round(score * 1_000);
            return rounded / 1_000 + "."
                    + Long.toString(1_000 + rounded % 1_000).substring(1);
        }

        private static String plain(double number) {
            return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
        }
    }

    private Judge() {}
}
