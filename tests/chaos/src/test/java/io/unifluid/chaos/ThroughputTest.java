package io.unifluid.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ThroughputTest {
    private final Throughput throughput = new Throughput();

    /** One result every 10 ms, that is 100 a second. */
    private void steady(long from, long to) {
        for (long at = from; at < to; at += 10) {
            throughput.add(at);
        }
    }

    @Test
    void countsResultsPerSecond() {
        steady(0, 10_000);
        assertThat(throughput.rate(2_000, 4_000)).isEqualTo(100);
        assertThat(throughput.rate(9_000, 11_000)).isEqualTo(50);
    }

    @Test
    void aFaultThatNobodyNoticedTookNoTime() {
        steady(0, 30_000);
        assertThat(throughput.recovery(10_000, 25_000, 100)).contains(0L);
    }

    @Test
    void recoveryEndsWhenAWindowIsFullAgain() {
        steady(0, 10_000);
        steady(14_000, 30_000);
        // 90 % of a 2 s window are there 1.8 s after the first result.
        assertThat(throughput.recovery(10_000, 25_000, 100)).contains(5_800L);
        assertThat(throughput.silence(9_000, 20_000)).isEqualTo(4_010);
    }

    @Test
    void aSecondGapSoonAfterBelongsToTheSameFault() {
        steady(0, 10_000);
        steady(12_000, 15_000);
        steady(17_000, 30_000);
        assertThat(throughput.recovery(10_000, 28_000, 100)).contains(8_800L);
    }

    @Test
    void noRecoveryWithoutResults() {
        steady(0, 10_000);
        assertThat(throughput.recovery(10_000, 60_000, 100)).isEmpty();
    }
}
