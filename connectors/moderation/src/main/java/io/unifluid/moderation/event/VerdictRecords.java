package io.unifluid.moderation.event;

import io.unifluid.moderation.policy.Asked;
import io.unifluid.moderation.policy.Judgement;
import io.unifluid.moderation.policy.Policy;
import io.unifluid.moderation.policy.Reason;
import io.unifluid.moderation.policy.Scores;
import io.unifluid.schemas.Answer;
import io.unifluid.schemas.ChoiceScore;
import io.unifluid.schemas.PolicyVerdict;
import io.unifluid.schemas.Verdict;
import io.unifluid.schemas.VerdictReason;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** Verdicts as they travel. */
public final class VerdictRecords {
    /** What the model said; answers without scores are left out, since nothing can be judged by them. */
    public static Scores scores(List<Answer> answers) {
        var scores = new LinkedHashMap<Asked, List<Double>>();
        for (var answer : answers) {
            if (!answer.getScores().isEmpty()) {
                scores.put(
                        new Asked(
                                answer.getQuestion(),
                                answer.getScores().stream()
                                        .map(ChoiceScore::getChoice)
                                        .toList()),
                        answer.getScores().stream().map(ChoiceScore::getScore).toList());
            }
        }
        return new Scores(scores);
    }

    /** Adds what was judged. */
    public static Verdict.Builder with(Verdict.Builder verdict, Judgement judgement) {
        return verdict.setDecision(PolicyRecords.written(judgement.decision()))
                .setSampled(judgement.sampled())
                .setLabels(judgement.labels())
                .setReasons(
                        judgement.reasons().stream().map(VerdictRecords::reason).toList())
                .setPolicies(judgement.byPolicy().stream()
                        .map(one -> new PolicyVerdict(
                                one.policy().name(),
                                one.policy().version(),
                                one.shadow(),
                                PolicyRecords.written(one.decision())))
                        .toList());
    }

    /** What decides who is sampled: the content where it is known, so that the same picture is not drawn by its subject. */
    public static String sampledBy(Optional<String> contentSha256, String subjectId, String submissionId) {
        return contentSha256.orElse(subjectId.isBlank() ? submissionId : subjectId);
    }

    /** The same of a verdict that is stored. */
    public static String sampledBy(Verdict verdict) {
        return sampledBy(
                Optional.ofNullable(verdict.getContentSha256()), verdict.getSubjectId(), verdict.getSubmissionId());
    }

    private static VerdictReason reason(Reason reason) {
        return VerdictReason.newBuilder()
                .setPolicy(reason.policy().map(Policy.Ref::name).orElse(null))
                .setVersion(reason.policy().map(Policy.Ref::version).orElse(0))
                .setShadow(reason.shadow())
                .setSource(reason.source().name())
                .setDecision(PolicyRecords.written(reason.decision()))
                .setField(reason.field())
                .setScore(reason.score().orElse(null))
                .setThreshold(reason.threshold().orElse(null))
                .setText(reason.text())
                .build();
    }

    private VerdictRecords() {}
}
