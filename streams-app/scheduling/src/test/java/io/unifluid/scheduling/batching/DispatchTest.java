package io.unifluid.scheduling.batching;

import static io.unifluid.scheduling.task.RequestsInTests.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.unifluid.scheduling.batching.BucketTurns.Ready;
import io.unifluid.scheduling.task.Lane;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What leaves a lane's store, and how much work is left in it. */
class DispatchTest {
    private static Ready ready(String bucket, EmitReason reason, Instant oldest, Optional<Instant> served) {
        return new Ready(
                new OpenBucket(Lane.GENERATE_BULK, bucket, 1, 1, 1, false, Optional.of(oldest), Optional.empty()),
                reason,
                served);
    }

    @Test
    void theBucketServedLongestAgoGoesNext() {
        Ready million = ready("million", EmitReason.FULL_ITEMS, at(0), Optional.of(at(500)));
        Ready ten = ready("ten", EmitReason.MAX_WAIT, at(400), Optional.of(at(450)));
        assertThat(BucketTurns.next(List.of(million, ten))).contains(ten);
    }

    @Test
    void aBucketThatWasNeverServedGoesBeforeThoseThatWere() {
        Ready served = ready("served", EmitReason.FULL_ITEMS, at(0), Optional.of(at(1)));
        Ready fresh = ready("fresh", EmitReason.MAX_WAIT, at(900), Optional.empty());
        assertThat(BucketTurns.next(List.of(served, fresh))).contains(fresh);
    }

    @Test
    void aDeadlineGoesFirst() {
        Ready fresh = ready("fresh", EmitReason.MAX_WAIT, at(0), Optional.empty());
        Ready due = ready("due", EmitReason.DEADLINE, at(900), Optional.of(at(999)));
        assertThat(BucketTurns.next(List.of(fresh, due))).contains(due);
    }

    @Test
    void theOneThatWaitedLongestBreaksATie() {
        Ready younger = ready("a", EmitReason.MAX_WAIT, at(2), Optional.empty());
        Ready older = ready("b", EmitReason.MAX_WAIT, at(1), Optional.empty());
        assertThat(BucketTurns.next(List.of(younger, older))).contains(older);
        assertThat(BucketTurns.next(List.of())).isEmpty();
    }

    @Test
    void aLaneTakesBatchesUntilItIsDeepEnough() {
        InFlightWindow window = InFlightWindow.fixed(100, 5_000);
        assertThat(window.mayDispatch(99, 4_999, 1_000)).isTrue();
        assertThat(window.mayDispatch(100, 10, 1_000)).isFalse();
        assertThat(window.mayDispatch(1, 5_000, 1_000)).isFalse();
    }

    @Test
    void fastWorkersMayHaveWhatTheyServedLately() {
        InFlightWindow window = new InFlightWindow(100, 5_000, Duration.ofSeconds(2));
        assertThat(window.mayDispatch(100, 1_999, 1_000)).isTrue();
        assertThat(window.mayDispatch(100, 2_000, 1_000)).isFalse();
        assertThat(window.mayDispatch(100, 10, 0)).isFalse();
    }

    @Test
    void anEmptyLaneTakesAnyBatch() {
        assertThat(InFlightWindow.fixed(1, 1).mayDispatch(0, 0, 0)).isTrue();
        assertThat(InFlightWindow.of(BatchSettings.defaults(Lane.UNDERSTAND_BULK)))
                .isEqualTo(new InFlightWindow(512, 320_000, Duration.ofSeconds(2)));
    }

    @Test
    void backlogIsCostOverRate() {
        BacklogEstimate measured = BacklogEstimate.unmeasured().measured(8_000, Duration.ofSeconds(4));
        assertThat(measured.seconds(60_000)).isEqualTo(30);
        assertThat(measured.seconds(0)).isZero();
    }

    @Test
    void backlogAssumesOneReferenceDeviceUntilARateWasMeasured() {
        assertThat(BacklogEstimate.unmeasured().seconds(60_000)).isEqualTo(60);
    }

    @Test
    void backlogFollowsAChangedRateWithinAMinute() {
        BacklogEstimate estimate = BacklogEstimate.unmeasured().measured(1_000, Duration.ofSeconds(1));
        for (int second = 0; second < 30; second++) {
            estimate = estimate.measured(3_000, Duration.ofSeconds(1));
        }
        // 1000 + 2000 * (1 - 1/e)
        assertThat(estimate.serviceRate().orElseThrow()).isEqualTo(2_264.24, within(0.01));
    }

    @Test
    void backlogStaysFiniteWhenWorkersStandStill() {
        BacklogEstimate still = BacklogEstimate.unmeasured().measured(0, Duration.ofSeconds(10));
        assertThat(still.seconds(5_000)).isEqualTo(5_000);
    }
}
