package io.unifluid.inference.ort;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.inference.DeviceChoice;
import io.unifluid.inference.ModelOptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConcurrencyTest {
    @ParameterizedTest(name = "{0} with {1} cores, callers {2}, threads {3}: {4} callers of {5} threads")
    @CsvSource({
        "CPU, 1, 0, 0, 1, 1",
        "CPU, 2, 0, 0, 2, 1",
        "CPU, 8, 0, 0, 8, 1",
        "CPU, 12, 0, 0, 8, 1",
        "CPU, 64, 0, 0, 8, 8",
        "CPU, 2, 1, 0, 1, 2",
        "CPU, 8, 3, 0, 3, 2",
        "CPU, 2, 5, 0, 5, 1",
        "CPU, 2, 0, 2, 1, 2",
        "CPU, 2, 0, 4, 1, 4",
        "CPU, 16, 0, 4, 4, 4",
        "CPU, 4, 3, 2, 3, 2",
        "CUDA, 16, 0, 0, 1, 0",
        "CUDA, 16, 2, 3, 2, 3",
    })
    void sharesTheCores(
            Device.Kind kind, int cores, int callers, int threads, int expectedCallers, int expectedThreads) {
        assertThat(Concurrency.of(new ModelOptions(DeviceChoice.AUTO, callers, threads, 1), kind, cores))
                .isEqualTo(new Concurrency(expectedCallers, expectedThreads));
    }
}
