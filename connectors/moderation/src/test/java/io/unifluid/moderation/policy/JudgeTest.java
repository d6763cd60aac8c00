package io.unifluid.moderation.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JudgeTest {
    private static final Asked WEAPON = new Asked("is there a weapon?", List.of("yes", "no"));
    private static final Asked CHILD = new Asked("who is there?", List.of("child", "adult", "nobody"));
    private static final Watch BANDS = new Watch(
            "yes", List.of(new Band(Decision.REVIEW, 0.5, 0.9), new Band(Decision.BLOCK, 0.9, 1)), List.of("weapon"));
    private static final Rule ARMED_CHILD = new Rule(
            "armed-child",
            Decision.BLOCK,
            true,
            List.of(
                    new Condition("weapon", "yes", 0.3, Condition.NO_BOUND),
                    new Condition("who", "child", 0.5, Condition.NO_BOUND)),
            List.of("endangered"));

    @Test
    void aBandDecidesFromItsBeginningUpToTheNext() {
        assertThat(decision(0.4999)).isEqualTo(Decision.ALLOW);
        assertThat(decision(0.5)).isEqualTo(Decision.REVIEW);
        assertThat(decision(0.8999)).isEqualTo(Decision.REVIEW);
        assertThat(decision(0.9)).isEqualTo(Decision.BLOCK);
        assertThat(decision(1)).isEqualTo(Decision.BLOCK);
    }

    @Test
    void saysWhichBandOfWhichVersionTheScoreReached() {
        var judgement = judge(List.of(policy("a", false)), scores(0.95, 0.1));

        assertThat(judgement.labels()).containsExactly("weapon");
        var reason = judgement.reasons().getFirst();
        assertThat(reason.policy()).contains(new Policy.Ref("a", 3));
        assertThat(reason.field()).isEqualTo("questions.weapon.bands[yes]");
        assertThat(reason.score()).contains(0.95);
        assertThat(reason.threshold()).contains(0.9);
        assertThat(reason.text())
                .isEqualTo("'is there a weapon?' is answered 'yes' with 0.950, which is from 0.9 to 1.");
    }

    @Test
    void aRuleLooksAtSeveralQuestions() {
        assertThat(judge(List.of(policy("a", false)), scores(0.31, 0.6)).decision())
                .isEqualTo(Decision.BLOCK);
        assertThat(judge(List.of(policy("a", false)), scores(0.31, 0.6)).labels())
                .containsExactly("endangered");
        assertThat(judge(List.of(policy("a", false)), scores(0.29, 0.6)).decision())
                .isEqualTo(Decision.ALLOW);
        assertThat(judge(List.of(policy("a", false)), scores(0.31, 0.4)).decision())
                .isEqualTo(Decision.ALLOW);
    }

    @Test
    void theMostSevereOfSeveralPoliciesCounts() {
        var lenient = new Policy(
                "acme",
                "b",
                1,
                false,
                false,
                OnFailure.OPEN,
                0,
                List.of(new PolicyQuestion(
                        "weapon",
                        WEAPON,
                        List.of(new Watch("yes", List.of(new Band(Decision.REVIEW, 0.9, 1)), List.of("look"))))),
                List.of(),
                "");

        var judgement = judge(List.of(lenient, policy("a", false)), scores(0.95, 0));

        assertThat(judgement.decision()).isEqualTo(Decision.BLOCK);
        assertThat(judgement.labels()).containsExactlyInAnyOrder("look", "weapon");
        assertThat(judgement.reasons()).extracting(Reason::decision).containsExactly(Decision.BLOCK, Decision.REVIEW);
        assertThat(judgement.byPolicy())
                .containsExactly(
                        new Judgement.ByPolicy(new Policy.Ref("b", 1), false, Decision.REVIEW),
                        new Judgement.ByPolicy(new Policy.Ref("a", 3), false, Decision.BLOCK));
    }

    @Test
    void aShadowIsRecordedAndDecidesNothing() {
        var judgement = judge(List.of(policy("a", true)), scores(0.95, 0.9));

        assertThat(judgement.decision()).isEqualTo(Decision.ALLOW);
        assertThat(judgement.labels()).isEmpty();
        assertThat(judgement.flagged()).isFalse();
        assertThat(judgement.byPolicy())
                .containsExactly(new Judgement.ByPolicy(new Policy.Ref("a", 3), true, Decision.BLOCK));
        assertThat(judgement.reasons()).isNotEmpty().allMatch(Reason::shadow);
    }

    @Test
    void withoutAnAnswerThePolicySaysWhetherItPasses() {
        var failure = Optional.of("The deadline passed.");
        for (var onFailure : OnFailure.values()) {
            var judgement = Judge.judge(List.of(policy(onFailure, 0)), Scores.NONE, failure, "s");
            assertThat(judgement.decision()).isEqualTo(onFailure.decision());
            assertThat(judgement.reasons().getFirst().source()).isEqualTo(Reason.Source.FAILURE);
            assertThat(judgement.reasons().getFirst().text()).isEqualTo("The deadline passed.");
            assertThat(judgement.labels()).isEmpty();
        }
    }

    @Test
    void aQuestionWithoutAScoreIsAFailureOfThatPolicyAlone() {
        var both = List.of(policy(OnFailure.CLOSED, 0), onlyWeapon());

        var judgement = judge(both, new Scores(Map.of(WEAPON, List.of(0.1, 0.9))));

        assertThat(judgement.byPolicy())
                .extracting(Judgement.ByPolicy::decision)
                .containsExactly(Decision.BLOCK, Decision.ALLOW);
        assertThat(judgement.reasons().getFirst().field()).isEqualTo("questions.who");
    }

    @Test
    void aScoreThatIsNoNumberIsNone() {
        var judgement = judge(List.of(policy(OnFailure.CLOSED, 0)), scores(Double.NaN, 0));

        assertThat(judgement.reasons().getFirst().source()).isEqualTo(Reason.Source.FAILURE);
    }

    @Test
    void samplesTheSharePromisedAndAlwaysTheSameOnes() {
        var policy = policy(OnFailure.OPEN, 0.2);
        var drawn = IntStream.range(0, 10_000)
                .filter(i -> Judge.isSampled(policy, "subject-" + i))
                .boxed()
                .toList();

        assertThat(drawn.size()).isBetween(1_880, 2_120); // three standard deviations of 10,000 x 0.2
        assertThat(drawn).allMatch(i -> Judge.isSampled(policy.withVersion(9), "subject-" + i));
        assertThat(Judge.isSampled(policy(OnFailure.OPEN, 0), "x")).isFalse();
        assertThat(Judge.isSampled(policy(OnFailure.OPEN, 1), "x")).isTrue();
    }

    @Test
    void whoIsSampledIsAllowedAndFlagged() {
        var judgement = judge(List.of(policy(OnFailure.OPEN, 1)), scores(0.1, 0));

        assertThat(judgement.decision()).isEqualTo(Decision.ALLOW);
        assertThat(judgement.sampled()).isTrue();
        assertThat(judgement.flagged()).isTrue();
        assertThat(judge(List.of(policy(OnFailure.OPEN, 1)), scores(0.95, 0)).sampled())
                .isFalse();
    }

    private static Decision decision(double weapon) {
        return judge(List.of(policy("a", false)), scores(weapon, 0)).decision();
    }

    private static Judgement judge(List<Policy> policies, Scores scores) {
        var judgement = Judge.judge(policies, scores, Optional.empty(), "subject");
        var unexplained = Judge.decide(policies, scores, "subject");
        assertThat(unexplained)
                .isEqualTo(new Judgement(
                        judgement.decision(),
                        judgement.sampled(),
                        judgement.labels(),
                        List.of(),
                        judgement.byPolicy()));
        return judgement;
    }

    private static Scores scores(double weapon, double child) {
        return new Scores(
                Map.of(WEAPON, List.of(weapon, 1 - weapon), CHILD, List.of(child, (1 - child) / 2, (1 - child) / 2)));
    }

    private static Policy onlyWeapon() {
        return new Policy(
                "acme",
                "weapons",
                1,
                false,
                false,
                OnFailure.CLOSED,
                0,
                List.of(new PolicyQuestion("weapon", WEAPON, List.of(BANDS))),
                List.of(),
                "");
    }

    private static Policy policy(OnFailure onFailure, double sample) {
        return new Policy(
                "acme",
                "a",
                3,
                false,
                false,
                onFailure,
                sample,
                List.of(
                        new PolicyQuestion("weapon", WEAPON, List.of(BANDS)),
                        new PolicyQuestion("who", CHILD, List.of())),
                List.of(ARMED_CHILD),
                "");
    }

    private static Policy policy(String name, boolean shadow) {
        var policy = policy(OnFailure.CLOSED, 0);
        return new Policy(
                policy.tenant(), name, 3, false, shadow, policy.onFailure(), 0, policy.questions(), policy.rules(), "");
    }
}
