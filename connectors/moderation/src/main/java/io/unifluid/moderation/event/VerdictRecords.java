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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** Verdicts as they travel. */
public final class VerdictRecords {
    /** What the model said; answers without scores are left out, since nothing can be judged by them. */
    public static Scores scores(List<Answer> answers) {
        return new AlikeAnswers().scores(answers);
    }

    /**
     * Reads the scores of many verdicts, most of which answer what the one before them answered: the same question is then one
     * object, and neither its strings nor its choices are looked through again. Not thread-safe.
     */
    public static final class AlikeAnswers {
        private final List<Asked> last = new ArrayList<>();

        /** Like {@link VerdictRecords#scores}. */
        public Scores scores(List<Answer> answers) {
            var scores = LinkedHashMap.<Asked, List<Double>>newLinkedHashMap(answers.size());
            int place = 0;
            for (var answer : answers) {
                var given = answer.getScores();
                if (!given.isEmpty()) {
                    var values = new Double[given.size()];
                    for (int i = 0; i < values.length; i++) {
                        values[i] = given.get(i).getScore();
                    }
                    scores.put(asked(place++, answer), List.of(values));
                }
            }
            return new Scores(scores);
        }

        private Asked asked(int place, Answer answer) {
            if (place < last.size() && isThat(last.get(place), answer)) {
                return last.get(place);
            }
            var asked = new Asked(
                    answer.getQuestion(),
                    answer.getScores().stream().map(ChoiceScore::getChoice).toList());
            if (place < last.size()) {
                last.set(place, asked);
            } else {
                last.add(asked);
            }
            return asked;
        }

        private static boolean isThat(Asked asked, Answer answer) {
            var given = answer.getScores();
            if (!asked.text().equals(answer.getQuestion()) || asked.choices().size() != given.size()) {
                return false;
            }
            for (int i = 0; i < given.size(); i++) {
                if (!asked.choices().get(i).equals(given.get(i).getChoice())) {
                    return false;
                }
            }
            return true;
        }
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
