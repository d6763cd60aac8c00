package io.unifluid.inference.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SeedsTest {
    private static final long[] PINNED_ORDER = {15, 13, 5, 6, 8, 1, 12, 10, 7, 14, 9, 0, 4, 3, 2, 11};
    private static final float[] PINNED_NOISE = {1.4198568f, 1.0811212f, 0.9866778f, 0.6563903f};

    @Test
    void drawsTheSameForEver() {
        long[] order = new long[16];
        float[] noise = new float[4];
        Seeds seeds = new Seeds(42);
        seeds.order(order, 0, 16);
        seeds.noise(noise, 0, 4);

        // From a second implementation after the Javadoc. Pinned: a change here redraws every picture that users have
        // kept a seed of.
        assertThat(order).containsExactly(PINNED_ORDER);
        assertThat(noise).containsExactly(PINNED_NOISE, within(1e-6f));
    }

    @Test
    void ordersArePermutations() {
        for (long seed = -50; seed < 50; seed++) {
            long[] order = new long[16];
            new Seeds(seed).order(order, 0, 16);

            assertThat(Arrays.stream(order).sorted())
                    .containsExactlyElementsOf(LongStream.range(0, 16).boxed().toList());
        }
    }

    @Test
    void noiseIsNormal() {
        float[] noise = new float[200_000];
        new Seeds(3).noise(noise, 0, noise.length);
        double mean = 0;
        double square = 0;
        int beyondTwo = 0;
        for (float value : noise) {
            mean += value / noise.length;
            square += (double) value * value / noise.length;
            beyondTwo += Math.abs(value) > 2 ? 1 : 0;
        }

        assertThat(mean).isCloseTo(0, within(0.01));
        assertThat(square).isCloseTo(1, within(0.02));
        assertThat(beyondTwo / (double) noise.length).isCloseTo(0.0455, within(0.003));
    }

    @Test
    void neighbouringSeedsShareNothing() {
        float[] one = new float[1000];
        float[] two = new float[1000];
        new Seeds(7).noise(one, 0, 1000);
        new Seeds(8).noise(two, 0, 1000);
        double product = 0;
        for (int i = 0; i < 1000; i++) {
            product += one[i] * two[i] / 1000;
        }

        assertThat(product).isCloseTo(0, within(0.1));
    }

    @Test
    void seedOfAnIdIsStableAndExactInADouble() {
        assertThat(Seeds.of("request-1")).isEqualTo(Seeds.of("request-1")).isNotEqualTo(Seeds.of("request-2"));
        assertThat(Seeds.of("request-1")).isBetween(0L, (1L << 53) - 1);
    }
}
