package io.unifluid.streams;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.streams.deadletter.Faults;
import io.unifluid.streams.metrics.KafkaMeters;
import io.unifluid.streams.metrics.StreamsMetrics;
import io.unifluid.streams.readiness.ClusterWatch;
import io.unifluid.streams.readiness.ProbeServer;
import io.unifluid.streams.readiness.ThreadFailures;
import io.unifluid.streams.readiness.TopologyState;
import io.unifluid.streams.topology.BoundedClients;
import io.unifluid.streams.topology.KafkaSettings;
import io.unifluid.streams.topology.UniFluidTopology;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Kafka Streams, from when all that it needs is there until the context ends. */
@Singleton
final class RunningTopology {
    private static final Logger LOG = LoggerFactory.getLogger(RunningTopology.class);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(8);

    private final ThreadFailures failures;
    private final KafkaStreams streams;
    private final KafkaMeters meters;

    /**
     * @param watch has looked at the topics, so that sizes are known before the first record
     * @param probes say already that the app is not ready yet
     */
    RunningTopology(
            StreamsSettings settings,
            StreamsMetrics metrics,
            PrometheusMeterRegistry registry,
            Faults faults,
            StartChecks checks,
            ClusterWatch watch,
            ProbeServer probes,
            TopologyState state,
            ThreadFailures failures) {
        this.failures = failures;
        this.streams = new KafkaStreams(
                new UniFluidTopology(settings, metrics, faults, checks.partitions()).build(),
                KafkaSettings.of(settings, faults),
                new BoundedClients(settings.threads()));
        streams.setUncaughtExceptionHandler(failures);
        streams.setStateListener(state);
        streams.start();
        this.meters = KafkaMeters.of(streams, registry);
    }

    /** A member that leaves is replaced at once; one that only stops is waited for until its session ends. */
    private static CloseOptions leavingAtOnce() {
        return CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
                .withTimeout(CLOSE_WITHIN);
    }

    /** Commits and leaves the group. */
    @PreDestroy
    void close() {
        failures.stop();
        meters.close();
        if (!streams.close(leavingAtOnce())) {
            LOG.warn(
                    "Kafka Streams did not stop within {} s; the open transaction will be aborted and repeated.",
                    CLOSE_WITHIN.toSeconds());
        }
    }
}
