package io.unifluid.inference.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.inference.ort.GraphFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BisectionTest {
    private final List<Integer> done = new ArrayList<>();
    private final List<Integer> failed = new ArrayList<>();
    private int runs;

    private void run(int rows, int maxRows, List<Integer> poison) {
        Bisection.run(
                IntStream.range(0, rows).boxed().toList(),
                maxRows,
                part -> {
                    runs++;
                    assertThat(part).hasSizeLessThanOrEqualTo(maxRows);
                    if (part.stream().anyMatch(poison::contains)) {
                        throw new GraphFailure("poison", new IllegalStateException("poison"));
                    }
                    done.addAll(part);
                },
                (row, failure) -> failed.add(row));
    }

    @Test
    void runsOnceWhereNothingFails() {
        run(16, 16, List.of());

        assertThat(runs).isEqualTo(1);
        assertThat(done).hasSize(16);
    }

    @Test
    void onlyThePoisonFailsAndTheOthersRunOnce() {
        run(16, 16, List.of(5));

        assertThat(failed).containsExactly(5);
        assertThat(done).hasSize(15).doesNotHaveDuplicates().doesNotContain(5);
        assertThat(runs).isEqualTo(9);
    }

    @Test
    void splitsLongBatchesAndContainsPoisonInEach() {
        run(10, 4, List.of(0, 9));

        assertThat(failed).containsExactly(0, 9);
        assertThat(done).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6, 7, 8);
    }
}
