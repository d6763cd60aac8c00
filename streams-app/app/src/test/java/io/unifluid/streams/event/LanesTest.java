package io.unifluid.streams.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.scheduling.task.Lane;
import io.unifluid.schemas.WorkLane;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LanesTest {
    @ParameterizedTest
    @EnumSource(Lane.class)
    void aLaneIsTheSameInsideAndOutside(Lane lane) {
        assertThat(Lanes.work(lane).laneName()).isEqualTo(lane.topicSuffix());
        assertThat(Lanes.work(lane).interactive()).isEqualTo(lane.interactive());
        assertThat(Lanes.ofCode(Lanes.code(lane))).contains(lane);
    }

    @Test
    void noTopicIsWithoutALane() {
        assertThat(Arrays.stream(Lane.values()).map(Lanes::work)).containsExactlyInAnyOrder(WorkLane.values());
    }
}
