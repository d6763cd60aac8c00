package io.unifluid.inference.ort;

import static io.unifluid.inference.ort.TensorSpec.ANY;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TensorSpecTest {
    @Test
    void anAxisOfAnyLengthContradictsNothing() {
        assertThat(TensorSpec.floats(ANY, 3).fits(TensorSpec.floats(8, ANY))).isTrue();
        assertThat(TensorSpec.longs().fits(TensorSpec.longs())).isTrue();
    }

    @Test
    void numbersAxesAndLengthsMustAgree() {
        assertThat(TensorSpec.floats(ANY).fits(TensorSpec.longs(ANY))).isFalse();
        assertThat(TensorSpec.longs(ANY).fits(TensorSpec.longs())).isFalse();
        assertThat(TensorSpec.floats(ANY, 3).fits(TensorSpec.floats(ANY, 4))).isFalse();
    }

    @Test
    void readsAsPeopleSayIt() {
        assertThat(TensorSpec.floats(ANY, 3, 64, 64)).hasToString("32-bit floats [any, 3, 64, 64]");
        assertThat(TensorSpec.longs()).hasToString("64-bit integers []");
    }
}
