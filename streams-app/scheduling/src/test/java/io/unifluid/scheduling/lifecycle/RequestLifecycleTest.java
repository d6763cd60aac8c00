package io.unifluid.scheduling.lifecycle;

import static io.unifluid.scheduling.task.RequestsInTests.at;
import static io.unifluid.scheduling.task.RequestsInTests.profile;
import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.scheduling.admission.RejectKind;
import io.unifluid.scheduling.admission.Rejection;
import io.unifluid.scheduling.lifecycle.Effect.Count;
import io.unifluid.scheduling.lifecycle.Effect.PublishStatus;
import io.unifluid.scheduling.lifecycle.Effect.Purge;
import io.unifluid.scheduling.lifecycle.Effect.Schedule;
import io.unifluid.scheduling.lifecycle.Effect.Settle;
import io.unifluid.scheduling.lifecycle.Effect.WakeAt;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.CancelRequested;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Failed;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Started;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Submitted;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Succeeded;
import io.unifluid.scheduling.lifecycle.LifecycleEvent.Tick;
import io.unifluid.scheduling.task.FailureKind;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RequestLifecycleTest {
    private static final long MINUTE = 60_000;
    private static final long HOUR = 60 * MINUTE;

    /** Without jitter, so that times are literal. */
    private static final LifecycleSettings SETTINGS = new LifecycleSettings(
            Duration.ofMinutes(5),
            Duration.ofMinutes(15),
            2,
            Duration.ofMinutes(10),
            Duration.ofHours(24),
            new RetryPolicy(5, 2, Duration.ofSeconds(4), 2.0, Duration.ofMinutes(1), 0));

    private final LifecycleDriver request = new LifecycleDriver(SETTINGS);

    private static Submitted submitted() {
        return new Submitted(profile("r-1"), Optional.empty());
    }

    private static Submitted submittedWithDeadline(long millis) {
        return new Submitted(profile("r-1", at(millis)), Optional.empty());
    }

    private static Started started(int attempt) {
        return new Started(attempt, "b-1", "w-1");
    }

    private static CancelRequested cancel() {
        return new CancelRequested("r-1", "tenant-a", "not needed any more");
    }

    private static Failed failed(int attempt, FailureKind kind) {
        return new Failed(attempt, kind, "It broke.");
    }

    // The plain way.

    @Test
    void handsOutANewRequest() {
        assertThat(request.on(at(0), submitted()))
                .containsExactly(
                        new Schedule(1, false, at(0)),
                        new PublishStatus(Phase.SCHEDULED, 1, ""),
                        new WakeAt(at(15 * MINUTE)));
    }

    @Test
    void tellsWhoRunsIt() {
        request.given(at(0), submitted());
        assertThat(request.on(at(30), started(1)))
                .containsExactly(
                        new PublishStatus(Phase.RUNNING, 1, "worker w-1, batch b-1"), new WakeAt(at(30 + 5 * MINUTE)));
    }

    @Test
    void settlesTheFirstOutcomeAndForgetsAfterTheRetention() {
        request.given(at(0), submitted()).given(at(30), started(1));
        assertThat(request.on(at(50), new Succeeded(1)))
                .containsExactly(
                        new Settle(TerminalStatus.SUCCEEDED, "", ""),
                        new PublishStatus(TerminalStatus.SUCCEEDED, 1, ""),
                        new WakeAt(at(50 + 24 * HOUR)));
        assertThat(request.state().settledAt()).contains(at(50));
        assertThat(request.on(at(49 + 24 * HOUR), new Tick())).isEmpty();
        assertThat(request.on(at(50 + 24 * HOUR), new Tick())).containsExactly(new Count(Counter.PURGED), new Purge());
        assertThat(request.forgotten()).isTrue();
    }

    @Test
    void settlesASuccessWhoseStartNobodySaw() {
        request.given(at(0), submitted()).given(at(50), new Succeeded(1));
        assertThat(request.state().terminal()).contains(TerminalStatus.SUCCEEDED);
    }

    // Admission.

    @Test
    void rejectsWithTheReasonGiven() {
        Rejection rejection = new Rejection(RejectKind.BAD_PROMPT, "The prompt is blank: say something.");
        assertThat(request.on(at(0), new Submitted(profile("r-1"), Optional.of(rejection))))
                .containsExactly(
                        new Settle(TerminalStatus.REJECTED, "BAD_PROMPT", "The prompt is blank: say something."),
                        new PublishStatus(TerminalStatus.REJECTED, 0, "The prompt is blank: say something."),
                        new WakeAt(at(24 * HOUR)));
        assertThat(request.on(at(1), submitted())).containsExactly(new Count(Counter.DUPLICATE_REQUEST));
    }

    @Test
    void rejectsAnIdThatIsTooLongOnce() {
        Rejection rejection = new Rejection(RejectKind.BAD_REQUEST_ID, "The requestId is too long: shorten it.");
        Submitted tooLong = new Submitted(profile("r".repeat(201)), Optional.of(rejection));
        request.given(at(0), tooLong);
        assertThat(request.on(at(1), tooLong)).containsExactly(new Count(Counter.DUPLICATE_REQUEST));
        assertThat(request.settled()).extracting(Settle::reasonKind).containsExactly("BAD_REQUEST_ID");
    }

    @Test
    void expiresAtOnceWhenTheDeadlinePassedBeforeAdmission() {
        request.given(at(2_500), submittedWithDeadline(1_000));
        assertThat(request.settled())
                .containsExactly(new Settle(
                        TerminalStatus.EXPIRED,
                        "DEADLINE_QUEUED",
                        "The deadline passed 1500 ms before admission: send it earlier, or with a later deadline."));
        assertThat(request.dispatched()).isEmpty();
    }

    @Test
    void expiresAtOnceWhenTheDeadlineIsNow() {
        request.given(at(1_000), submittedWithDeadline(1_000));
        assertThat(request.settled()).extracting(Settle::status).containsExactly(TerminalStatus.EXPIRED);
    }

    @Test
    void admitsAMillisecondBeforeTheDeadline() {
        assertThat(request.on(at(999), submittedWithDeadline(1_000)))
                .contains(new Schedule(1, false, at(999)), new WakeAt(at(1_000)));
    }

    @Test
    void dropsASecondRequestWithTheSameId() {
        request.given(at(0), submitted());
        assertThat(request.on(at(5), submitted())).containsExactly(new Count(Counter.DUPLICATE_REQUEST));
        request.given(at(10), started(1));
        assertThat(request.on(at(15), submitted())).containsExactly(new Count(Counter.DUPLICATE_REQUEST));
        request.given(at(20), new Succeeded(1));
        assertThat(request.on(at(25), submitted())).containsExactly(new Count(Counter.DUPLICATE_REQUEST));
        assertThat(request.dispatched()).hasSize(1);
        assertThat(request.settled()).hasSize(1);
    }

    // Deadlines on the way.

    @Test
    void saysThatTheDeadlinePassedWhileWaitingForABatch() {
        request.given(at(0), submittedWithDeadline(1_000)).given(at(999), new Tick());
        assertThat(request.settled()).isEmpty();
        request.given(at(1_000), new Tick());
        assertThat(request.settled())
                .containsExactly(new Settle(
                        TerminalStatus.EXPIRED,
                        "DEADLINE_BATCH_WAIT",
                        "The deadline passed while it waited for a batch and a worker."));
    }

    @Test
    void saysThatTheDeadlinePassedWhileRunning() {
        request.given(at(0), submittedWithDeadline(1_000))
                .given(at(500), started(1))
                .given(at(1_000), new Tick());
        assertThat(request.settled())
                .containsExactly(new Settle(
                        TerminalStatus.EXPIRED,
                        "DEADLINE_RUNNING",
                        "The deadline passed while a worker was running it."));
    }

    @Test
    void saysThatTheDeadlinePassedWhileBackingOff() {
        request.given(at(0), submittedWithDeadline(1_000)).given(at(500), failed(1, FailureKind.TRANSIENT));
        assertThat(request.state().nextDueAt()).isEqualTo(at(1_000));
        request.given(at(1_000), new Tick());
        assertThat(request.settled())
                .containsExactly(new Settle(
                        TerminalStatus.EXPIRED,
                        "DEADLINE_BACK_OFF",
                        "The deadline passed while it waited to be tried again."));
    }

    @Test
    void countsAnOutcomeAfterTheDeadlineAsLate() {
        request.given(at(0), submittedWithDeadline(1_000)).given(at(1_000), new Tick());
        assertThat(request.on(at(1_001), new Succeeded(1))).containsExactly(new Count(Counter.LATE_OUTCOME));
        assertThat(request.on(at(1_002), failed(1, FailureKind.MODEL)))
                .containsExactly(new Count(Counter.LATE_OUTCOME));
    }

    @Test
    void keepsASuccessThatCameBeforeTheTickOfItsDeadline() {
        request.given(at(0), submittedWithDeadline(1_000))
                .given(at(1_001), new Succeeded(1))
                .given(at(1_002), new Tick());
        assertThat(request.settled()).extracting(Settle::status).containsExactly(TerminalStatus.SUCCEEDED);
    }

    // Failures.

    @Test
    void neverRetriesBadInput() {
        request.given(at(0), submitted()).given(at(10), failed(1, FailureKind.BAD_INPUT));
        assertThat(request.settled()).containsExactly(new Settle(TerminalStatus.FAILED, "BAD_INPUT", "It broke."));
    }

    @ParameterizedTest
    @EnumSource(names = {"TRANSIENT", "UNKNOWN"})
    void retriesWithGrowingBackOffUntilTheAttemptsAreSpent(FailureKind kind) {
        request.given(at(0), submitted());
        assertThat(request.on(at(100), failed(1, kind)))
                .containsExactly(
                        new Count(Counter.RETRY),
                        new PublishStatus(Phase.BACKING_OFF, 1, "again in 4000 ms after: It broke."),
                        new WakeAt(at(4_100)));
        assertThat(request.on(at(4_099), new Tick())).isEmpty();
        assertThat(request.on(at(4_100), new Tick()))
                .containsExactly(
                        new Schedule(2, false, at(4_100)),
                        new PublishStatus(Phase.SCHEDULED, 2, ""),
                        new WakeAt(at(4_100 + 15 * MINUTE)));
        request.given(at(5_000), failed(2, kind)).given(at(13_000), new Tick());
        request.given(at(14_000), failed(3, kind)).given(at(30_000), new Tick());
        request.given(at(31_000), failed(4, kind)).given(at(63_000), new Tick());
        assertThat(request.dispatched()).extracting(Schedule::attempt).containsExactly(1, 2, 3, 4, 5);
        assertThat(request.settled()).isEmpty();
        request.given(at(64_000), failed(5, kind));
        assertThat(request.settled())
                .containsExactly(
                        new Settle(TerminalStatus.FAILED, kind.name(), "It broke. Given up after 5 attempts."));
    }

    @ParameterizedTest
    @EnumSource(names = {"MODEL", "OUT_OF_MEMORY", "CRASH"})
    void triesAloneAtOnceAndGivesUpAfterTwoSuchTries(FailureKind kind) {
        request.given(at(0), submitted());
        assertThat(request.on(at(100), failed(1, kind)))
                .containsExactly(
                        new Count(Counter.RETRY),
                        new Schedule(2, true, at(100)),
                        new PublishStatus(Phase.SCHEDULED, 2, "alone, after: It broke."),
                        new WakeAt(at(100 + 15 * MINUTE)));
        request.given(at(200), failed(2, kind));
        assertThat(request.dispatched()).extracting(Schedule::isolated).containsExactly(false, true, true);
        request.given(at(300), failed(3, kind));
        assertThat(request.settled())
                .containsExactly(
                        new Settle(TerminalStatus.FAILED, kind.name(), "It broke. Given up after 3 attempts."));
    }

    @Test
    void staysAloneWhenAnIsolatedAttemptFailsForAnotherReason() {
        request.given(at(0), submitted())
                .given(at(10), failed(1, FailureKind.CRASH))
                .given(at(20), failed(2, FailureKind.TRANSIENT))
                .given(at(8_020), new Tick());
        assertThat(request.dispatched().getLast()).isEqualTo(new Schedule(3, true, at(8_020)));
    }

    @Test
    void countsTheSameFailureOnce() {
        request.given(at(0), submitted()).given(at(10), failed(1, FailureKind.TRANSIENT));
        assertThat(request.on(at(11), failed(1, FailureKind.TRANSIENT)))
                .containsExactly(new Count(Counter.DUPLICATE_OUTCOME));
        assertThat(request.state().timerAt()).isEqualTo(at(4_010));
    }

    @Test
    void ignoresAFailureOfAnOlderAttempt() {
        request.given(at(0), submitted()).given(at(10), failed(1, FailureKind.CRASH));
        assertThat(request.on(at(11), failed(1, FailureKind.CRASH))).containsExactly(new Count(Counter.LATE_OUTCOME));
        assertThat(request.state().attempt()).isEqualTo(2);
    }

    @Test
    void settlesTheSuccessOfAnOlderAttempt() {
        request.given(at(0), submitted())
                .given(at(10), failed(1, FailureKind.TRANSIENT))
                .given(at(4_010), new Tick())
                .given(at(4_020), new Succeeded(1));
        assertThat(request.settled()).extracting(Settle::status).containsExactly(TerminalStatus.SUCCEEDED);
    }

    @Test
    void settlesASuccessThatComesDuringTheBackOff() {
        request.given(at(0), submitted())
                .given(at(10), failed(1, FailureKind.TRANSIENT))
                .given(at(20), new Succeeded(1))
                .given(at(4_010), new Tick());
        assertThat(request.settled()).extracting(Settle::status).containsExactly(TerminalStatus.SUCCEEDED);
        assertThat(request.dispatched()).hasSize(1);
    }

    @Test
    void countsOutcomesAfterTheSettledOneAsDuplicates() {
        request.given(at(0), submitted()).given(at(10), new Succeeded(1));
        assertThat(request.on(at(11), new Succeeded(1))).containsExactly(new Count(Counter.DUPLICATE_OUTCOME));
        assertThat(request.on(at(12), failed(1, FailureKind.CRASH)))
                .containsExactly(new Count(Counter.DUPLICATE_OUTCOME));
    }

    // No outcome.

    @Test
    void triesAStuckRunAgainAlone() {
        request.given(at(0), submitted()).given(at(1_000), started(1));
        assertThat(request.on(at(999 + 5 * MINUTE), new Tick())).isEmpty();
        assertThat(request.on(at(1_000 + 5 * MINUTE), new Tick()))
                .startsWith(new Count(Counter.STUCK), new Schedule(2, true, at(1_000 + 5 * MINUTE)));
    }

    @Test
    void failsARunThatIsStuckInItsLastAttempt() {
        request.given(at(0), submitted());
        for (int attempt = 1; attempt <= 5; attempt++) {
            request.given(at((attempt - 1) * 5 * MINUTE), started(attempt)).given(at(attempt * 5 * MINUTE), new Tick());
        }
        assertThat(request.dispatched()).hasSize(5);
        assertThat(request.settled())
                .containsExactly(new Settle(
                        TerminalStatus.FAILED, "STUCK", "No worker reported on attempt 5 within 300 s of its start."));
    }

    @Test
    void waitsForAWorkerThatSaysAgainThatItWorksOnIt() {
        request.given(at(0), submitted()).given(at(0), started(1));
        assertThat(request.on(at(4 * MINUTE), started(1))).containsExactly(new WakeAt(at(9 * MINUTE)));
        assertThat(request.on(at(5 * MINUTE), new Tick())).isEmpty();
    }

    @Test
    void repeatsALostDispatchAfterDoublingWaitsWithoutSpendingAnAttempt() {
        request.given(at(0), submitted());
        assertThat(request.on(at(15 * MINUTE), new Tick()))
                .containsExactly(
                        new Count(Counter.LOST_DISPATCH),
                        new Schedule(1, false, at(15 * MINUTE)),
                        new WakeAt(at(45 * MINUTE)));
        assertThat(request.on(at(45 * MINUTE), new Tick())).contains(new WakeAt(at(105 * MINUTE)));
        request.given(at(105 * MINUTE), new Tick());
        assertThat(request.dispatched()).extracting(Schedule::attempt).containsExactly(1, 1, 1);
        assertThat(request.settled())
                .containsExactly(new Settle(
                        TerminalStatus.FAILED,
                        "LOST",
                        "No worker took it although it was handed out 3 times:"
                                + " check that workers run and serve its task and model."));
    }

    @Test
    void ignoresTheStartOfAnOlderAttempt() {
        request.given(at(0), submitted()).given(at(10), failed(1, FailureKind.CRASH));
        assertThat(request.on(at(20), started(1))).containsExactly(new Count(Counter.LATE_START));
        assertThat(request.state().phase()).isEqualTo(Phase.SCHEDULED);
    }

    // Cancels.

    @Test
    void cancelsBeforeTheRun() {
        request.given(at(0), submitted()).given(at(10), cancel());
        assertThat(request.settled())
                .containsExactly(new Settle(TerminalStatus.CANCELLED, "CANCELLED", "not needed any more"));
        assertThat(request.on(at(20), started(1))).containsExactly(new Count(Counter.LATE_START));
        assertThat(request.on(at(30), new Succeeded(1))).containsExactly(new Count(Counter.LATE_OUTCOME));
    }

    @Test
    void cancelsDuringTheRun() {
        request.given(at(0), submitted()).given(at(5), started(1)).given(at(10), cancel());
        assertThat(request.settled()).extracting(Settle::status).containsExactly(TerminalStatus.CANCELLED);
    }

    @Test
    void cancelsDuringTheBackOff() {
        request.given(at(0), submitted())
                .given(at(5), failed(1, FailureKind.TRANSIENT))
                .given(at(10), cancel())
                .given(at(4_005), new Tick());
        assertThat(request.settled()).extracting(Settle::status).containsExactly(TerminalStatus.CANCELLED);
        assertThat(request.dispatched()).hasSize(1);
    }

    @Test
    void countsACancelAfterTheResult() {
        request.given(at(0), submitted()).given(at(10), new Succeeded(1));
        assertThat(request.on(at(20), cancel())).containsExactly(new Count(Counter.CANCEL_AFTER_TERMINAL));
    }

    @Test
    void cancelsARequestThatItsCancelOvertook() {
        assertThat(request.on(at(0), cancel()))
                .containsExactly(new Count(Counter.CANCEL_UNKNOWN), new WakeAt(at(10 * MINUTE)));
        assertThat(request.on(at(1), cancel())).containsExactly(new Count(Counter.DUPLICATE_CANCEL));
        request.given(at(2), submitted());
        assertThat(request.settled())
                .containsExactly(new Settle(TerminalStatus.CANCELLED, "CANCELLED", "not needed any more"));
        assertThat(request.dispatched()).isEmpty();
    }

    @Test
    void forgetsACancelWhoseRequestNeverComes() {
        request.given(at(0), cancel());
        assertThat(request.on(at(10 * MINUTE - 1), new Tick())).isEmpty();
        assertThat(request.on(at(10 * MINUTE), new Tick())).containsExactly(new Count(Counter.CANCEL_EXPIRED));
        request.given(at(11 * MINUTE), submitted());
        assertThat(request.dispatched()).hasSize(1);
    }

    @Test
    void countsOutcomesOfAnUnknownRequest() {
        assertThat(request.on(at(0), new Succeeded(1))).containsExactly(new Count(Counter.UNKNOWN_OUTCOME));
        assertThat(request.on(at(0), failed(1, FailureKind.CRASH))).containsExactly(new Count(Counter.UNKNOWN_OUTCOME));
        assertThat(request.on(at(0), started(1))).containsExactly(new Count(Counter.LATE_START));
        assertThat(request.on(at(0), new Tick())).isEmpty();
        assertThat(request.forgotten()).isTrue();
    }
}
