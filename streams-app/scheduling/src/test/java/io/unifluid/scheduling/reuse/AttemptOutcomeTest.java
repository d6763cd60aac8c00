package io.unifluid.scheduling.reuse;

import static io.unifluid.scheduling.task.RequestsInTests.at;
import static io.unifluid.scheduling.task.RequestsInTests.profile;
import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.scheduling.lifecycle.Effect;
import io.unifluid.scheduling.lifecycle.LifecycleEvent;
import io.unifluid.scheduling.lifecycle.LifecycleSettings;
import io.unifluid.scheduling.lifecycle.LifecycleState;
import io.unifluid.scheduling.lifecycle.RequestLifecycle;
import io.unifluid.scheduling.lifecycle.TerminalStatus;
import io.unifluid.scheduling.task.FailureKind;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AttemptOutcomeTest {
    private final RequestLifecycle lifecycle = new RequestLifecycle(LifecycleSettings.defaults());
    private LifecycleState state = lifecycle
            .apply(Optional.empty(), new LifecycleEvent.Submitted(profile("r"), Optional.empty()), at(0))
            .state()
            .orElseThrow();

    private AttemptOutcome after(LifecycleEvent event) {
        return after(event, false);
    }

    private AttemptOutcome after(LifecycleEvent event, boolean ownBytes) {
        var transition = lifecycle.apply(Optional.of(state), event, at(1));
        var outcome = AttemptOutcome.of(state, transition, ownBytes);
        state = transition.state().orElseThrow();
        return outcome;
    }

    private AttemptOutcome afterFailure(FailureKind kind) {
        return after(new LifecycleEvent.Failed(state.attempt(), kind, "It broke."));
    }

    @Test
    void successIsForAll() {
        assertThat(after(new LifecycleEvent.Succeeded(1))).isEqualTo(AttemptOutcome.SUCCEEDED);
    }

    @Test
    void aCancelAndATransientFailureAreItsOwn() {
        assertThat(afterFailure(FailureKind.TRANSIENT)).isEqualTo(AttemptOutcome.GONE);
        assertThat(after(new LifecycleEvent.CancelRequested("r", "tenant-a", "")))
                .isEqualTo(AttemptOutcome.GONE);
    }

    @Test
    void badInputIsForAll() {
        assertThat(afterFailure(FailureKind.BAD_INPUT)).isEqualTo(AttemptOutcome.FAILED_FOR_GOOD);
    }

    @Test
    void whatLiesInHowTheBytesWereToBeHadIsItsOwn() {
        assertThat(after(new LifecycleEvent.Failed(1, FailureKind.BAD_INPUT, "The address leads nowhere."), true))
                .isEqualTo(AttemptOutcome.GONE);
    }

    @Test
    void aModelThatNobodyRunsFailsForAll() {
        assertThat(after(new LifecycleEvent.Failed(1, FailureKind.UNKNOWN_MODEL, "It does not run.", true)))
                .isEqualTo(AttemptOutcome.FAILED_FOR_GOOD);
    }

    @Test
    void aCrashIsForAllOnceItWasAlone() {
        assertThat(afterFailure(FailureKind.CRASH)).isEqualTo(AttemptOutcome.AGAIN);
        assertThat(afterFailure(FailureKind.CRASH)).isEqualTo(AttemptOutcome.AGAIN);
        assertThat(afterFailure(FailureKind.CRASH)).isEqualTo(AttemptOutcome.FAILED_FOR_GOOD);
    }

    @Test
    void aFailureThatIsProvenForAnotherOneIsNotTriedAgain() {
        var end = lifecycle.apply(
                Optional.of(state), new LifecycleEvent.Failed(1, FailureKind.CRASH, "It broke.", true), at(1));
        assertThat(end.effects()).contains(new Effect.Settle(TerminalStatus.FAILED, "CRASH", "It broke."));
    }
}
