package io.unifluid.gateway.view;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

final class CatchUpTest {
    private static final TopicPartition PARTITION = new TopicPartition("said", 0);

    private final CatchUp catchUp = new CatchUp();

    @Test
    void beforeItsEndIsKnownNothingIsReached() {
        assertThat(catchUp.reached(PARTITION, 0)).isFalse();
    }

    @Test
    void whatIsReadIsReachedOnceItIsWorkedOffWhateverComesMeanwhile() {
        catchUp.stands(PARTITION, 10);
        catchUp.returned(PARTITION, 8); // then a marker
        assertThat(catchUp.reached(PARTITION, 9)).isFalse();
        assertThat(catchUp.reached(PARTITION, 10)).isFalse();
        catchUp.worked(PARTITION, 7);
        assertThat(catchUp.reached(PARTITION, 10)).isFalse();
        catchUp.stands(PARTITION, 15);
        catchUp.returned(PARTITION, 14);
        catchUp.worked(PARTITION, 8);
        assertThat(catchUp.reached(PARTITION, 15)).isTrue();
    }

    @Test
    void ofAnEmptyOneOrOneOfMarkersAloneThereIsNothingToWorkOff() {
        catchUp.stands(PARTITION, 3);
        assertThat(catchUp.reached(PARTITION, 3)).isTrue();
    }
}
