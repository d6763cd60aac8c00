package io.unifluid.inference.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimeLimitTest {
    private static final Duration SHORT = Duration.ofMillis(20);

    @Test
    void waitingForAProcessorIsNoWork() throws Exception {
        var limit = new TimeLimit(SHORT);
        limit.begin();

        Thread.sleep(SHORT.multipliedBy(5));
        limit.check();

        assertThat(limit.over()).isFalse();
    }

    @Test
    void workIs() {
        var limit = new TimeLimit(SHORT);
        limit.begin();

        assertThatThrownBy(() -> {
                    while (true) {
                        limit.check();
                    }
                })
                .isInstanceOf(TimeLimit.OutOfTime.class);
        assertThat(limit.over()).isTrue();
    }

    @Test
    void whatIsStoppedEndsAtOnce() {
        var limit = new TimeLimit(Duration.ofHours(1));
        limit.begin();
        limit.stop();

        assertThatThrownBy(limit::check).isInstanceOf(TimeLimit.OutOfTime.class);
    }
}
