package io.unifluid.schemas.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaOptionsTest {
    private static final String REPORTERS = "metric.reporters";
    private static final String PUSH = "enable.metrics.push";

    @Test
    void clientsDoNothingForReadersOfMetricsThatAreNotThere() {
        var options = new KafkaOptions(Map.of());

        assertThat(options.consumer()).containsEntry(REPORTERS, "").containsEntry(PUSH, "false");
        assertThat(options.producer()).containsEntry(REPORTERS, "").containsEntry(PUSH, "false");
        assertThat(options.admin()).containsEntry(REPORTERS, "").containsEntry(PUSH, "false");
    }

    @Test
    void whatAnOperatorGivesGoesOverThat() {
        var jmx = "org.apache.kafka.common.metrics.JmxReporter";
        var options = new KafkaOptions(Map.of(REPORTERS, jmx, "consumer." + PUSH, "true"));

        assertThat(options.producer()).containsEntry(REPORTERS, jmx).containsEntry(PUSH, "false");
        assertThat(options.consumer()).containsEntry(REPORTERS, jmx).containsEntry(PUSH, "true");
    }
}
