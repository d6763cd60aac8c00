package io.unifluid.inference.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class LevelsTest {
    private static final int WIDTH = 97;
    private static final int HEIGHT = 61;

    /** Black and white side by side, so that the filters go beyond both in one colour while they do not in another. */
    @ParameterizedTest
    @EnumSource(Filter.class)
    void aColourDoesNotDependOnTheOthers(Filter filter) {
        Random random = new Random(7);
        byte[] one = noise(random);
        byte[] other = noise(random);
        byte[] third = noise(random);
        for (Preparation.Size to : new Preparation.Size[] {
            new Preparation.Size(31, 23), new Preparation.Size(200, 23), new Preparation.Size(31, 150)
        }) {
            byte[][] together = resized(to, filter, one, other, third);
            assertThat(together[0]).isEqualTo(resized(to, filter, one, one, one)[1]);
            assertThat(together[1]).isEqualTo(resized(to, filter, other, third, one)[0]);
            assertThat(together[2]).isEqualTo(resized(to, filter, other, third, one)[1]);
            assertThat(resized(to, filter, third, one, other)[2]).isEqualTo(together[1]);
        }
    }

    private static byte[][] resized(Preparation.Size to, Filter filter, byte[]... planes) {
        return Levels.resized(planes, WIDTH, HEIGHT, to, filter);
    }

    private static byte[] noise(Random random) {
        byte[] plane = new byte[WIDTH * HEIGHT];
        for (int i = 0; i < plane.length; i++) {
            plane[i] = (byte) (random.nextBoolean() ? 255 : 0);
        }
        return plane;
    }
}
