package io.unifluid.scheduling.reuse;

import static io.unifluid.scheduling.task.RequestsInTests.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.scheduling.reuse.InFlightDeduplicator.CoalescedRequest;
import io.unifluid.scheduling.reuse.InFlightDeduplicator.DedupDecision;
import io.unifluid.scheduling.reuse.InFlightDeduplicator.Orphaned;
import io.unifluid.scheduling.reuse.InFlightDeduplicator.Role;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InFlightDeduplicatorTest {
    private static final String KEY = "caption|-|x";

    private final InFlightDeduplicator inFlight = new InFlightDeduplicator();

    private Role join(String id, int attempt) {
        return inFlight.join(KEY, new CoalescedRequest(id, attempt), at(0));
    }

    private DedupDecision ended(String id, int attempt, AttemptOutcome outcome) {
        return inFlight.ended(KEY, id, attempt, outcome, at(1));
    }

    @Test
    void theFirstComputesAndTheOthersWait() {
        assertThat(List.of(join("a", 1), join("b", 1), join("c", 1), join("c", 1)))
                .containsExactly(Role.LEADER, Role.FOLLOWER, Role.FOLLOWER, Role.KNOWN_FOLLOWER);
        assertThat(inFlight.waiting()).isEqualTo(2);
        assertThat(inFlight.awaited(KEY)).contains(new CoalescedRequest("a", 1));
    }

    @Test
    void anotherKeyIsAnotherMatter() {
        join("a", 1);
        assertThat(inFlight.join("caption|-|y", new CoalescedRequest("b", 1), at(0)))
                .isEqualTo(Role.LEADER);
    }

    @Test
    void successAndFailureForGoodAreForAllThatWait() {
        for (var outcome : List.of(AttemptOutcome.SUCCEEDED, AttemptOutcome.FAILED_FOR_GOOD)) {
            join("a", 1);
            join("b", 1);
            join("c", 2);
            assertThat(ended("a", 1, outcome))
                    .isEqualTo(new DedupDecision.Answer(
                            List.of(new CoalescedRequest("b", 1), new CoalescedRequest("c", 2))));
            assertThat(inFlight.waiting()).isZero();
            assertThat(inFlight.awaited(KEY)).isEmpty();
        }
    }

    @Test
    void whenTheFirstIsGoneTheOneThatWaitedLongestComputes() {
        join("a", 1);
        join("b", 1);
        join("c", 1);
        assertThat(ended("a", 1, AttemptOutcome.GONE))
                .isEqualTo(new DedupDecision.Promote(new CoalescedRequest("b", 1)));
        assertThat(join("a", 2)).isEqualTo(Role.FOLLOWER);
        assertThat(ended("b", 1, AttemptOutcome.SUCCEEDED))
                .isEqualTo(
                        new DedupDecision.Answer(List.of(new CoalescedRequest("c", 1), new CoalescedRequest("a", 2))));
    }

    @Test
    void oneThatIsHandedOutAgainAtOnceStillComputes() {
        join("a", 1);
        join("b", 1);
        assertThat(ended("a", 1, AttemptOutcome.AGAIN)).isEqualTo(new DedupDecision.Nothing());
        assertThat(join("a", 2)).isEqualTo(Role.LEADER);
        assertThat(ended("a", 1, AttemptOutcome.GONE)).as("old news").isEqualTo(new DedupDecision.Nothing());
        assertThat(ended("a", 2, AttemptOutcome.SUCCEEDED))
                .isEqualTo(new DedupDecision.Answer(List.of(new CoalescedRequest("b", 1))));
    }

    @Test
    void oneThatWaitsMayLeave() {
        join("a", 1);
        join("b", 2);
        assertThat(ended("b", 1, AttemptOutcome.GONE)).as("old news").isEqualTo(new DedupDecision.Nothing());
        assertThat(ended("b", 2, AttemptOutcome.GONE)).isEqualTo(new DedupDecision.Left());
        assertThat(ended("b", 2, AttemptOutcome.GONE)).isEqualTo(new DedupDecision.Nothing());
        assertThat(inFlight.awaited(KEY)).isEmpty();
        assertThat(ended("a", 1, AttemptOutcome.SUCCEEDED)).isEqualTo(new DedupDecision.Nothing());
        assertThat(join("c", 1)).isEqualTo(Role.LEADER);
    }

    @Test
    void afterARestartWhoWaitedWaitsForTheSameOne() {
        inFlight.restore(KEY, new CoalescedRequest("a", 3), at(0));
        assertThat(join("b", 1)).isEqualTo(Role.FOLLOWER);
        assertThat(ended("a", 3, AttemptOutcome.SUCCEEDED))
                .isEqualTo(new DedupDecision.Answer(List.of(new CoalescedRequest("b", 1))));
    }

    @Test
    void oneThatIsSilentForTooLongIsReplacedUnlessItIsStillQueued() {
        join("a", 1);
        join("b", 1);
        assertThat(inFlight.orphaned(at(-1), _ -> false, at(100))).isEmpty();
        assertThat(inFlight.orphaned(at(0), _ -> true, at(100))).isEmpty();
        assertThat(inFlight.orphaned(at(99), _ -> false, at(150)))
                .as("it was queued at 100")
                .isEmpty();
        assertThat(inFlight.orphaned(at(100), _ -> false, at(200)))
                .containsExactly(new Orphaned(KEY, Optional.of(new CoalescedRequest("b", 1))));
        assertThat(inFlight.orphaned(at(200), _ -> false, at(300)))
                .as("nobody waits any more")
                .containsExactly(new Orphaned(KEY, Optional.empty()));
        assertThat(join("c", 1)).isEqualTo(Role.LEADER);
    }
}
