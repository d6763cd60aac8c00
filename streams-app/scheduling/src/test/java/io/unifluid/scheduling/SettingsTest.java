package io.unifluid.scheduling;

import static io.unifluid.scheduling.task.RequestsInTests.at;
import static io.unifluid.scheduling.task.RequestsInTests.profile;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.scheduling.admission.AdmissionLimits;
import io.unifluid.scheduling.admission.ValidationLimits;
import io.unifluid.scheduling.batching.InFlightWindow;
import io.unifluid.scheduling.lifecycle.LifecycleSettings;
import io.unifluid.scheduling.lifecycle.LifecycleState;
import io.unifluid.scheduling.lifecycle.Phase;
import io.unifluid.scheduling.lifecycle.RetryPolicy;
import io.unifluid.scheduling.task.CostModel;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Settings that cannot work stop the start with a sentence that names them, and states cannot contradict themselves. */
class SettingsTest {

    private static LifecycleSettings lifecycle(Duration stuckAfter, int maxLostDispatches, Duration retention) {
        return new LifecycleSettings(
                stuckAfter,
                Duration.ofMinutes(1),
                maxLostDispatches,
                Duration.ofMinutes(1),
                retention,
                RetryPolicy.defaults());
    }

    @Test
    void lifecycleSettingsNameWhatIsWrong() {
        assertThatThrownBy(() -> lifecycle(Duration.ZERO, 1, Duration.ofHours(1)))
                .hasMessage("stuckAfter is PT0S; it must be longer than zero.");
        assertThatThrownBy(() -> lifecycle(Duration.ofMinutes(1), -1, Duration.ofHours(1)))
                .hasMessage("maxLostDispatches is -1; it must be at least 0.");
        assertThatThrownBy(() -> lifecycle(Duration.ofMinutes(1), 21, Duration.ofHours(1)))
                .hasMessage("maxLostDispatches is 21; it must be at most 20, since the wait doubles every time.");
        assertThatThrownBy(() -> lifecycle(Duration.ofMinutes(1), 1, Duration.ofHours(-1)))
                .hasMessage("retention is PT-1H; it must be longer than zero.");
    }

    @Test
    void theDefaultsAllowTenDaysInABacklog() {
        LifecycleSettings defaults = LifecycleSettings.defaults();
        Duration most = Duration.ZERO;
        for (int lost = 0; lost <= defaults.maxLostDispatches(); lost++) {
            most = most.plus(defaults.lostAfter(lost));
        }
        assertThat(most).isEqualTo(Duration.ofMinutes(15 * 1_023));
        assertThat(defaults.retention()).isEqualTo(Duration.ofHours(24));
        assertThat(defaults.stuckAfter()).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void otherSettingsNameWhatIsWrong() {
        assertThatThrownBy(() -> InFlightWindow.fixed(0, 1)).hasMessage("maxItems is 0; it must be at least 1.");
        assertThatThrownBy(() -> new AdmissionLimits(OptionalInt.of(0)))
                .hasMessage("maxInFlightPerTenant is 0; it must be at least 1.");
        assertThatThrownBy(() -> ValidationLimits.defaults().withMaxInlineBytes(-1))
                .hasMessage("maxInlineBytes is -1; it must be at least 0.");
        assertThatThrownBy(() -> new CostModel(0, 1, 1, 1, 1, 1, 1, 1, 1, 128))
                .hasMessage("encode is 0.0; it must be a finite number above 0.");
        assertThat(ValidationLimits.defaults().withReplyTopics(Set.of("a")).replyTopics())
                .containsExactly("a");
    }

    @Test
    void aStateCannotContradictItself() {
        LifecycleState scheduled = LifecycleState.firstScheduled(profile("r-1"), at(0), at(1));
        assertThatThrownBy(() -> with(scheduled, Phase.TERMINAL, Optional.empty()))
                .hasMessage("Request 'r-1' in phase TERMINAL has terminal status Optional.empty"
                        + " settled at Optional.empty.");
        assertThatThrownBy(() -> with(scheduled, Phase.CANCEL_PENDING, Optional.empty()))
                .hasMessage("Request 'r-1' in phase CANCEL_PENDING has cancel reason Optional.empty.");
        assertThatThrownBy(() -> with(scheduled, Phase.RUNNING, Optional.of("why")))
                .hasMessage("Request 'r-1' in phase RUNNING has cancel reason Optional[why].");
    }

    private static LifecycleState with(LifecycleState state, Phase phase, Optional<String> cancelReason) {
        return LifecycleState.of(
                state.request(),
                phase,
                state.current(),
                state.timerAt(),
                state.terminal(),
                state.settledAt(),
                cancelReason);
    }
}
