package io.unifluid.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

final class RestartsTest {
    @Test
    void beginsAtOnceThenWaitsLongerButNeverTwoSecondsAndGivesUp() {
        var pauses = new ArrayList<Duration>();
        var restarts = Restarts.NONE;
        for (var pause = restarts.pause(); pause.isPresent(); pause = restarts.pause()) {
            pauses.add(pause.get());
            restarts = restarts.failedAgain();
        }
        assertThat(pauses)
                .containsExactly(
                        Duration.ZERO,
                        Duration.ofMillis(200),
                        Duration.ofMillis(400),
                        Duration.ofMillis(800),
                        Duration.ofMillis(1500));
    }
}
