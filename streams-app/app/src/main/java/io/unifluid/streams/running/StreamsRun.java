package io.unifluid.streams.running;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.unifluid.streams.metrics.KafkaMeters;
import io.unifluid.streams.readiness.ThreadFailures;
import io.unifluid.streams.readiness.TopologyState;
import java.time.Duration;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Kafka Streams, from when all that it needs is there until the context ends. */
public final class StreamsRun implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamsRun.class);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(8);

    private final ThreadFailures failures;
    private final KafkaStreams streams;
    private final KafkaMeters meters;

    private StreamsRun(KafkaStreams streams, ThreadFailures failures, KafkaMeters meters) {
        this.streams = streams;
        this.failures = failures;
        this.meters = meters;
    }

    /** @param streams not started yet; is closed with this */
    public static StreamsRun start(
            KafkaStreams streams, TopologyState state, ThreadFailures failures, PrometheusMeterRegistry registry) {
        streams.setUncaughtExceptionHandler(failures);
        streams.setStateListener(state);
        streams.setGlobalStateRestoreListener(state);
        streams.start();
        return new StreamsRun(streams, failures, KafkaMeters.of(streams, registry));
    }

    /** A member that leaves is replaced at once; one that only stops is waited for until its session ends. */
    private static CloseOptions leavingAtOnce() {
        return CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
                .withTimeout(CLOSE_WITHIN);
    }

    /** Commits and leaves the group. */
    @Override
    public void close() {
        failures.stop();
        meters.close();
        if (!streams.close(leavingAtOnce())) {
            LOG.warn(
                    "Kafka Streams did not stop within {} s; the open transaction will be aborted and repeated.",
                    CLOSE_WITHIN.toSeconds());
        }
    }
}
