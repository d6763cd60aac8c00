package io.unifluid.scheduling.batching;

import static io.unifluid.scheduling.task.RequestsInTests.at;
import static io.unifluid.scheduling.task.RequestsInTests.candidate;
import static io.unifluid.scheduling.task.RequestsInTests.profile;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.scheduling.batching.Decision.Emit;
import io.unifluid.scheduling.batching.Decision.WaitUntil;
import io.unifluid.scheduling.task.Lane;
import io.unifluid.scheduling.task.WorkProfile;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchPolicyTest {
    private static final String BUCKET = "caption|-|p8|-|-|-";
    private final BatchPolicy policy =
            new BatchPolicy(new BatchSettings(4, 1_000, 10_000, Duration.ofMillis(50), Duration.ofMillis(100)));

    private static OpenBucket bucket(Candidate... candidates) {
        return OpenBucket.of(Lane.UNDERSTAND_BULK, BUCKET, List.of(candidates));
    }

    private static Candidate costing(double cost, long bytes) {
        return candidate(profile("r", "tenant-a", cost, bytes, Optional.empty()), 0);
    }

    private static Candidate due(long deadlineMillis, double cost) {
        return candidate(profile("r", "tenant-a", cost, 100, Optional.of(at(deadlineMillis))), 0);
    }

    private static Candidate isolated() {
        return new Candidate(profile("r"), 2, true, at(0));
    }

    @Test
    void waitsForMoreUntilTheOldestHasWaitedMaxWait() {
        OpenBucket two = bucket(candidate(profile("a"), 0), candidate(profile("b"), 30));
        assertThat(policy.decide(two, at(40))).isEqualTo(new WaitUntil(at(50)));
        assertThat(policy.decide(two, at(49))).isEqualTo(new WaitUntil(at(50)));
        assertThat(policy.decide(two, at(50))).isEqualTo(new Emit(EmitReason.MAX_WAIT));
    }

    @Test
    void emitsWhenFullByItems() {
        Candidate[] three = {costing(1, 1), costing(1, 1), costing(1, 1)};
        assertThat(policy.decide(bucket(three), at(0))).isInstanceOf(WaitUntil.class);
        assertThat(policy.decide(bucket(three).plus(costing(1, 1)), at(0))).isEqualTo(new Emit(EmitReason.FULL_ITEMS));
    }

    @Test
    void emitsWhenFullByCost() {
        assertThat(policy.decide(bucket(costing(999, 1)), at(0))).isInstanceOf(WaitUntil.class);
        assertThat(policy.decide(bucket(costing(999, 1), costing(1, 1)), at(0)))
                .isEqualTo(new Emit(EmitReason.FULL_COST));
    }

    @Test
    void emitsWhenFullByBytes() {
        assertThat(policy.decide(bucket(costing(1, 9_999)), at(0))).isInstanceOf(WaitUntil.class);
        assertThat(policy.decide(bucket(costing(1, 9_999), costing(1, 1)), at(0)))
                .isEqualTo(new Emit(EmitReason.FULL_BYTES));
    }

    @Test
    void emitsInTimeForTheEarliestDeadline() {
        // 340 minus 200 ms of work minus 100 ms of reserve.
        OpenBucket two = bucket(due(340, 100), due(900, 100));
        assertThat(policy.decide(two, at(39))).isEqualTo(new WaitUntil(at(40)));
        assertThat(policy.decide(two, at(40))).isEqualTo(new Emit(EmitReason.DEADLINE));
    }

    @Test
    void emitsAtOnceWhenTheDeadlineCannotBeMetAnyMore() {
        assertThat(policy.decide(bucket(due(10, 100)), at(0))).isEqualTo(new Emit(EmitReason.DEADLINE));
    }

    @Test
    void aFarDeadlineDoesNotMakeABatchWaitLonger() {
        assertThat(policy.decide(bucket(due(60_000, 10)), at(0))).isEqualTo(new WaitUntil(at(50)));
    }

    @Test
    void emitsARequestThatMustRunByItselfAtOnce() {
        assertThat(policy.decide(bucket(isolated()), at(0))).isEqualTo(new Emit(EmitReason.ISOLATED));
        assertThat(policy.decide(bucket(costing(1, 1), isolated()), at(0))).isEqualTo(new Emit(EmitReason.ISOLATED));
    }

    @Test
    void aBacklogWithARequestThatMustRunByItselfLeavesBecauseItIsFull() {
        assertThat(policy.decide(bucket(costing(1, 1), costing(1, 1), costing(1, 1), isolated()), at(0)))
                .isEqualTo(new Emit(EmitReason.FULL_ITEMS));
    }

    @Test
    void holdsAnUnfilledBatchWhileWorkersAreBusyButNotForLong() {
        OpenBucket one = bucket(candidate(profile("a"), 0));
        assertThat(policy.mayLeave(one, EmitReason.MAX_WAIT, 2, at(50))).isTrue();
        assertThat(policy.mayLeave(one, EmitReason.MAX_WAIT, 3, at(50))).isFalse();
        assertThat(policy.mayLeave(one, EmitReason.MAX_WAIT, 3, at(499))).isFalse();
        assertThat(policy.mayLeave(one, EmitReason.MAX_WAIT, 3, at(500))).isTrue();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MAX_WAIT")
    void neverHoldsABatchThatLeavesForAnotherReasonThanAge(EmitReason reason) {
        assertThat(policy.mayLeave(bucket(costing(1, 1)), reason, 100, at(0))).isTrue();
    }

    @Test
    void hasNoAnswerForAnEmptyBucket() {
        assertThatThrownBy(() -> policy.decide(bucket(), at(0)))
                .hasMessage("Nothing waits in bucket caption|-|p8|-|-|-.");
    }

    @Test
    void leavesAtOnceWhereSomebodyWaitsAndWorkersHaveNothing() {
        OpenBucket one = awaited(500);
        assertThat(policy.leavesToIdle(one, 0)).isTrue();
        assertThat(policy.leavesToIdle(one, 1)).isFalse();
        assertThat(policy.leavesToIdle(bucket(costing(1, 1)), 0)).as("bulk").isFalse();
    }

    @Test
    void dearWorkWaitsForCompanyAlthoughWorkersHaveNothing() {
        assertThat(policy.leavesToIdle(awaited(500), 0)).isTrue();
        assertThat(policy.leavesToIdle(awaited(501), 0)).isFalse();
    }

    @Test
    void aBatchIsAwaitedWhileWorkersMaySoonHaveNothing() {
        assertThat(policy.isAwaited(2)).isTrue();
        assertThat(policy.isAwaited(3)).isFalse();
    }

    private static OpenBucket awaited(double cost) {
        WorkProfile profile = new WorkProfile(
                "x", "t", Lane.UNDERSTAND_INTERACTIVE, BUCKET, cost, 1, Optional.empty(), Optional.empty());
        return OpenBucket.of(Lane.UNDERSTAND_INTERACTIVE, BUCKET, List.of(candidate(profile, 0)));
    }

    @Test
    void takesWhatFillsABatchExactlyAndNothingBeyond() {
        OpenBucket batch = bucket(costing(400, 4_000));
        assertThat(policy.fits(batch, costing(600, 6_000))).isTrue();
        assertThat(policy.fits(batch, costing(601, 1))).isFalse();
        assertThat(policy.fits(batch, costing(1, 6_001))).isFalse();
        OpenBucket three = bucket(costing(1, 1), costing(1, 1), costing(1, 1));
        assertThat(policy.fits(three, costing(1, 1))).isTrue();
        assertThat(policy.fits(three.plus(costing(1, 1)), costing(1, 1))).isFalse();
    }

    @Test
    void letsARequestAboveEveryLimitRunByItself() {
        assertThat(policy.fits(bucket(), costing(1_000_000, 1_000_000))).isTrue();
        assertThat(policy.fits(bucket(costing(1_000_000, 1)), costing(1, 1))).isFalse();
    }

    @Test
    void neverAddsToOrFromARequestThatMustRunByItself() {
        assertThat(policy.fits(bucket(), isolated())).isTrue();
        assertThat(policy.fits(bucket(isolated()), costing(1, 1))).isFalse();
        assertThat(policy.fits(bucket(costing(1, 1)), isolated())).isFalse();
    }

    @Test
    void keepsBucketsAndLanesApart() {
        WorkProfile other =
                new WorkProfile("x", "t", Lane.UNDERSTAND_BULK, "vqa", 1, 1, Optional.empty(), Optional.empty());
        WorkProfile faster = new WorkProfile(
                "x", "t", Lane.UNDERSTAND_INTERACTIVE, BUCKET, 1, 1, Optional.empty(), Optional.empty());
        OpenBucket batch = bucket(costing(1, 1));
        assertThat(policy.fits(batch, candidate(other, 0))).isFalse();
        assertThat(policy.fits(batch, candidate(faster, 0))).isFalse();
        assertThatThrownBy(() -> batch.plus(candidate(other, 0)))
                .hasMessage("Request 'x' belongs to UNDERSTAND_BULK vqa, not to UNDERSTAND_BULK caption|-|p8|-|-|-.");
    }

    @Test
    void sumsUpWhatWaits() {
        OpenBucket sums = bucket(
                candidate(profile("a", "t", 10, 100, Optional.of(at(900))), 30),
                candidate(profile("b", "t", 20, 200, Optional.of(at(800))), 20),
                candidate(profile("c", "t", 30, 300, Optional.empty()), 40));
        assertThat(sums)
                .isEqualTo(new OpenBucket(
                        Lane.UNDERSTAND_BULK, BUCKET, 3, 60, 600, false, Optional.of(at(20)), Optional.of(at(800))));
    }

    @Test
    void knowsThatRunningAnExpiredRequestIsAWaste() {
        assertThat(due(100, 1).expired(at(99))).isFalse();
        assertThat(due(100, 1).expired(at(100))).isTrue();
        assertThat(costing(1, 1).expired(at(100))).isFalse();
    }

    @Test
    void refusesSettingsThatCannotWork() {
        assertThatThrownBy(() -> new BatchSettings(0, 1, 1, Duration.ZERO, Duration.ZERO))
                .hasMessage("maxItems is 0; it must be at least 1.");
        assertThatThrownBy(() -> new BatchSettings(1, 0, 1, Duration.ZERO, Duration.ZERO))
                .hasMessage("maxCost is 0.0; it must be a finite number above 0.");
        assertThatThrownBy(() -> new BatchSettings(1, 1, 1, Duration.ofMillis(-1), Duration.ZERO))
                .hasMessage("maxWait is PT-0.001S; it must not be negative.");
    }

    @Test
    void waitsLessWhereSomebodyWaits() {
        assertThat(BatchSettings.defaults(Lane.UNDERSTAND_INTERACTIVE).maxWait())
                .isEqualTo(Duration.ofMillis(20));
        assertThat(BatchSettings.defaults(Lane.GENERATE_BULK).maxWait()).isEqualTo(Duration.ofMillis(50));
    }
}
