package io.unifluid.scheduling.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.scheduling.lifecycle.RetryPolicy.Retry;
import io.unifluid.scheduling.task.FailureKind;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
    private final RetryPolicy policy = new RetryPolicy(5, 2, Duration.ofSeconds(4), 2.0, Duration.ofSeconds(20), 0.25);

    private long delay(String id, int attempt) {
        Retry retry = policy.decide(id, attempt, 0, FailureKind.TRANSIENT);
        return ((Retry.After) retry).delay().toMillis();
    }

    @Test
    void waitsLongerEachTimeUpToTheLongestWait() {
        assertThat(delay("r-1", 1)).isBetween(4_000L, 5_000L);
        assertThat(delay("r-1", 2)).isBetween(8_000L, 10_000L);
        assertThat(delay("r-1", 3)).isBetween(16_000L, 20_000L);
        assertThat(delay("r-1", 4)).isBetween(20_000L, 25_000L);
    }

    @Test
    void givesTheSameWaitForTheSameAttempt() {
        assertThat(delay("r-1", 1)).isEqualTo(delay("r-1", 1));
    }

    @Test
    void spreadsRequestsThatFailedTogether() {
        long[] delays = IntStream.range(0, 1_000)
                .mapToLong(i -> delay("r-" + i, 1))
                .sorted()
                .toArray();
        assertThat(delays[100]).isBetween(4_050L, 4_150L);
        assertThat(delays[500]).isBetween(4_440L, 4_560L);
        assertThat(delays[900]).isBetween(4_850L, 4_950L);
    }

    @Test
    void outlivesAnOutageOfFiftySecondsInFiveAttempts() {
        RetryPolicy defaults = RetryPolicy.defaults();
        long waited = IntStream.rangeClosed(1, 4)
                .mapToLong(attempt -> ((Retry.After) defaults.decide("r-1", attempt, 0, FailureKind.TRANSIENT))
                        .delay()
                        .toMillis())
                .sum();
        assertThat(waited).isBetween(60_000L, 75_000L);
        assertThat(defaults.decide("r-1", 5, 0, FailureKind.TRANSIENT)).isEqualTo(new Retry.GiveUp());
    }

    @Test
    void isolatesTwiceAtMostAndNeverBeyondTheLastAttempt() {
        assertThat(policy.decide("r-1", 1, 0, FailureKind.CRASH)).isEqualTo(new Retry.IsolatedNow());
        assertThat(policy.decide("r-1", 4, 1, FailureKind.OUT_OF_MEMORY)).isEqualTo(new Retry.IsolatedNow());
        assertThat(policy.decide("r-1", 3, 2, FailureKind.MODEL)).isEqualTo(new Retry.GiveUp());
        assertThat(policy.decide("r-1", 5, 0, FailureKind.MODEL)).isEqualTo(new Retry.GiveUp());
    }

    @Test
    void refusesSettingsThatCannotWork() {
        assertThatThrownBy(() -> new RetryPolicy(0, 2, Duration.ofSeconds(1), 2, Duration.ofSeconds(1), 0))
                .hasMessage("maxAttempts is 0; it must be at least 1.");
        assertThatThrownBy(() -> new RetryPolicy(5, 2, Duration.ZERO, 2, Duration.ofSeconds(1), 0))
                .hasMessage("firstDelay is PT0S; it must be longer than zero.");
        assertThatThrownBy(() -> new RetryPolicy(5, 2, Duration.ofSeconds(1), 0.5, Duration.ofSeconds(1), 0))
                .hasMessage("factor is 0.5; it must be a finite number, 1 or above.");
        assertThatThrownBy(() -> new RetryPolicy(5, 2, Duration.ofSeconds(1), 2, Duration.ofSeconds(1), Double.NaN))
                .hasMessage("jitter is NaN; it must be a finite number, 0 or above.");
    }
}
