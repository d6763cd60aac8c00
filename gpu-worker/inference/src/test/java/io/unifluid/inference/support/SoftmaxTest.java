package io.unifluid.inference.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SoftmaxTest {
    @Test
    void sharesAddUpAndTemperatureEvensThemOut() {
        assertThat(Softmax.of(new double[] {0, Math.log(3)}, 1))
                .containsExactly(new double[] {0.25, 0.75}, within(1e-12));
        assertThat(Softmax.of(new double[] {0, 2 * Math.log(3)}, 2))
                .containsExactly(new double[] {0.25, 0.75}, within(1e-12));
    }

    @Test
    void survivesVeryUnlikelyChoices() {
        assertThat(Softmax.of(new double[] {-2000, -2000}, 1)).containsExactly(0.5, 0.5);
    }
}
