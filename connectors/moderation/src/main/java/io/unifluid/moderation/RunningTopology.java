package io.unifluid.moderation;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.unifluid.moderation.config.ModerationSettings;
import io.unifluid.moderation.metrics.ModerationMetrics;
import io.unifluid.moderation.picture.Looks;
import io.unifluid.moderation.topology.ModerationTopology;
import io.unifluid.streams.deadletter.Faults;
import io.unifluid.streams.metrics.KafkaMeters;
import io.unifluid.streams.readiness.ThreadFailures;
import io.unifluid.streams.readiness.TopologyState;
import io.unifluid.streams.topology.BoundedClients;
import io.unifluid.streams.topology.KafkaSettings;
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

    /** @param probes say already that the app is not ready yet */
    RunningTopology(
            ModerationSettings settings,
            ModerationMetrics metrics,
            PrometheusMeterRegistry registry,
            Faults faults,
            Looks looks,
            StartChecks checks,
            ProbeServer probes,
            TopologyState state,
            ThreadFailures failures) {
        this.failures = failures;
        this.streams = new KafkaStreams(
                new ModerationTopology(settings, metrics, faults, looks, checks.partitions()).build(),
                KafkaSettings.of(
                        settings.bootstrapServers(),
                        settings.applicationId(),
                        settings.stateDir(),
                        settings.threads(),
                        settings.commitInterval(),
                        settings.kafka(),
                        faults),
                new BoundedClients(settings.threads()));
        streams.setUncaughtExceptionHandler(failures);
        streams.setStateListener(state);
        streams.start();
        this.meters = KafkaMeters.of(streams, registry);
    }

    /** Commits and leaves the group. */
    @PreDestroy
    void close() {
        failures.stop();
        meters.close();
        // A member that leaves is replaced at once; one that only stops is waited for until its session ends.
        var leaving = CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
                .withTimeout(CLOSE_WITHIN);
        if (!streams.close(leaving)) {
            LOG.warn(
                    "Kafka Streams did not stop within {} s; the open transaction will be aborted and repeated.",
                    CLOSE_WITHIN.toSeconds());
        }
    }
}
