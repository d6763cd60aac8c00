package io.unifluid.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class ScheduleTest {
    @Test
    void theSameSeedGivesTheSameFaults() {
        assertThat(Schedule.of(7, Shape.FULL)).isEqualTo(Schedule.of(7, Shape.FULL));
        assertThat(Schedule.of(7, Shape.FULL)).isNotEqualTo(Schedule.of(8, Shape.FULL));
    }

    @Test
    void everyKindOfFaultComes() {
        assertThat(LongStream.range(0, 10).boxed().flatMap(seed -> Schedule.of(seed, Shape.FULL).stream()))
                .extracting(Fault::kind)
                .contains(FaultKind.values());
    }

    @Test
    void targetsExist() {
        for (var fault : Schedule.of(3, Shape.FULL)) {
            assertThat(fault.target()).isBetween(0, Shape.FULL.count(fault.kind()) - 1);
        }
    }
}
