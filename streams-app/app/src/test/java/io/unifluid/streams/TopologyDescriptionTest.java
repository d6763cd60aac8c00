package io.unifluid.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unifluid.streams.deadletter.Faults;
import io.unifluid.streams.event.RecordLimits;
import io.unifluid.streams.intake.IntakeGate;
import io.unifluid.streams.metrics.StreamsMetrics;
import io.unifluid.streams.topology.UniFluidTopology;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Names of steps and stores are state: changing them is a migration, and must be seen in a review. */
class TopologyDescriptionTest {
    @Test
    void theTopologyIsThePinnedOne() throws IOException {
        var settings = Harness.settings(Path.of("unused"));
        var metrics = new StreamsMetrics(new SimpleMeterRegistry());
        var description = new UniFluidTopology(
                        settings, metrics, new Faults(metrics, RecordLimits.defaults()), 1, null, new IntakeGate(1))
                .build()
                .describe()
                .toString()
                .strip();
        try (var pinned = getClass().getResourceAsStream("/expected_topology.txt")) {
            assertThat(description.lines().map(String::stripTrailing))
                    .containsExactlyElementsOf(new String(pinned.readAllBytes(), StandardCharsets.UTF_8)
                            .strip()
                            .lines()
                            .map(String::stripTrailing)
                            .toList());
        }
    }
}
