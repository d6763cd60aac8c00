package io.unifluid.moderation.review;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.moderation.policy.Decision;
import io.unifluid.moderation.review.Standing.Kind;
import io.unifluid.moderation.review.Standing.Outcome;
import io.unifluid.moderation.review.Standing.Refusal;
import io.unifluid.moderation.review.Standing.Wish;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StandingTest {
    private static final Standing BLOCKED = new Standing(Decision.BLOCK, true, List.of());

    @Test
    void aReviewOverrulesTheVerdictAndClosesTheCase() {
        var after = accepted(BLOCKED, review("r1", Decision.ALLOW));

        assertThat(BLOCKED.open()).isTrue();
        assertThat(after.inForce()).isEqualTo(Decision.ALLOW);
        assertThat(after.open()).isFalse();
        assertThat(after.revision()).isEqualTo(1);
    }

    @Test
    void theFirstOfTwoReviewersAtOnceCountsAndTheSecondIsTold() {
        var after = accepted(BLOCKED, review("r1", Decision.ALLOW, 0));

        var second = after.rule(review("r2", Decision.BLOCK, 0));

        assertThat(second).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
            assertThat(refused.kind()).isEqualTo(Refusal.CONFLICT);
            assertThat(refused.sentence()).contains("revision 0", "revision 1", "by alice");
        });
        assertThat(refusal(after, review("r3", Decision.BLOCK))).isEqualTo(Refusal.CONFLICT);
        assertThat(accepted(after, review("r4", Decision.BLOCK, 1)).inForce()).isEqualTo(Decision.BLOCK);
    }

    @Test
    void anAppealOpensAndAReversalTakesTheReviewBack() {
        var flagged = new Standing(Decision.REVIEW, true, List.of());
        var appealed = accepted(accepted(flagged, review("r1", Decision.BLOCK)), wish("a1", Kind.APPEAL));
        assertThat(appealed.open()).isTrue();
        assertThat(appealed.inForce()).isEqualTo(Decision.BLOCK);

        var reversed = accepted(appealed, about("x", Kind.REVERSE, "r1"));

        assertThat(reversed.inForce()).isEqualTo(Decision.REVIEW);
        assertThat(reversed.open()).as("nobody has decided now").isTrue();
        assertThat(accepted(reversed, review("r2", Decision.ALLOW)).open()).isFalse();
    }

    @Test
    void aReversalBringsBackTheReviewBefore() {
        var twice = accepted(accepted(BLOCKED, review("r1", Decision.ALLOW)), review("r2", Decision.BLOCK, 1));

        assertThat(accepted(twice, about("x", Kind.REVERSE, "r2")).inForce()).isEqualTo(Decision.ALLOW);
        assertThat(refusal(twice, about("x", Kind.REVERSE, "r1"))).isEqualTo(Refusal.CONFLICT);
    }

    @Test
    void nothingIsDecidedAboutADecisionThatWasReversed() {
        var reversed = accepted(accepted(BLOCKED, review("r1", Decision.ALLOW)), about("x", Kind.REVERSE, "r1"));

        for (var kind : Kind.values()) {
            assertThat(refusal(reversed, about("y", kind, "r1"))).isEqualTo(Refusal.ALREADY_REVERSED);
        }
    }

    @Test
    void refusesWhatIsIncompleteOrAboutNothing() {
        assertThat(refusal(
                        BLOCKED,
                        new Wish(
                                "w",
                                Kind.REVIEW,
                                Optional.of(Decision.ALLOW),
                                Optional.empty(),
                                Optional.empty(),
                                " ",
                                "why")))
                .isEqualTo(Refusal.INCOMPLETE);
        assertThat(refusal(
                        BLOCKED,
                        new Wish(
                                "w",
                                Kind.REVIEW,
                                Optional.of(Decision.ALLOW),
                                Optional.empty(),
                                Optional.empty(),
                                "alice",
                                "")))
                .isEqualTo(Refusal.INCOMPLETE);
        assertThat(refusal(BLOCKED, wish("w", Kind.REVIEW))).isEqualTo(Refusal.INCOMPLETE);
        assertThat(refusal(BLOCKED, review("w", Decision.REVIEW))).isEqualTo(Refusal.INCOMPLETE);
        assertThat(refusal(BLOCKED, wish("w", Kind.REVERSE))).isEqualTo(Refusal.INCOMPLETE);
        assertThat(refusal(BLOCKED, about("w", Kind.REVERSE, "none"))).isEqualTo(Refusal.UNKNOWN_DECISION);
        assertThat(refusal(new Standing(Decision.ALLOW, false, List.of()), wish("w", Kind.APPEAL)))
                .isEqualTo(Refusal.NOTHING_TO_APPEAL);
        assertThat(refusal(accepted(BLOCKED, wish("a", Kind.APPEAL)), wish("b", Kind.APPEAL)))
                .isEqualTo(Refusal.CONFLICT);
    }

    @Test
    void theSameDecisionAgainChangesNothing() {
        var after = accepted(BLOCKED, review("r1", Decision.ALLOW));

        assertThat(after.rule(review("r1", Decision.BLOCK))).isInstanceOf(Outcome.Repeated.class);
    }

    @Test
    void oneVerdictTakesAHundredDecisions() {
        var standing = BLOCKED;
        for (int i = 0; i < 100; i++) {
            standing = accepted(standing, review("r" + i, Decision.BLOCK, i));
        }

        assertThat(refusal(standing, review("one more", Decision.BLOCK, 100))).isEqualTo(Refusal.TOO_MANY);
    }

    private static Standing accepted(Standing standing, Wish wish) {
        assertThat(standing.rule(wish)).isInstanceOf(Outcome.Accepted.class);
        return ((Outcome.Accepted) standing.rule(wish)).next();
    }

    private static Refusal refusal(Standing standing, Wish wish) {
        assertThat(standing.rule(wish)).isInstanceOf(Outcome.Refused.class);
        return ((Outcome.Refused) standing.rule(wish)).kind();
    }

    private static Wish review(String id, Decision decision) {
        return new Wish(id, Kind.REVIEW, Optional.of(decision), Optional.empty(), Optional.empty(), "alice", "why");
    }

    private static Wish review(String id, Decision decision, int seen) {
        return new Wish(id, Kind.REVIEW, Optional.of(decision), Optional.empty(), Optional.of(seen), "alice", "why");
    }

    private static Wish wish(String id, Kind kind) {
        return new Wish(id, kind, Optional.empty(), Optional.empty(), Optional.empty(), "alice", "why");
    }

    private static Wish about(String id, Kind kind, String about) {
        return new Wish(id, kind, Optional.of(Decision.BLOCK), Optional.of(about), Optional.empty(), "alice", "why");
    }
}
