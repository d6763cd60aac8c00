package io.unifluid.moderation;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micronaut.context.ApplicationContext;
import io.unifluid.moderation.config.ModerationContext;
import io.unifluid.moderation.config.ModerationSettings;
import io.unifluid.service.config.Refusals;
import io.unifluid.streams.readiness.ThreadFailures;
import io.unifluid.streams.readiness.TopologyState;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.streams.KafkaStreams;

/**
 * The whole app in its context, for {@link ModerationApp}, tests and whoever embeds it. Start it once, close it once;
 * thread-safe.
 */
public final class ModerationRunner implements AutoCloseable {
    private final ApplicationContext context;
    private final TopologyState state = new TopologyState();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile Optional<ThreadFailures> failures = Optional.empty();

    public ModerationRunner(ModerationSettings settings) {
        this(ModerationContext.of(settings));
    }

    /** @param context not started yet; is closed with this */
    ModerationRunner(ApplicationContext context) {
        this.context = context;
    }

    /**
     * Starts and returns at once; {@link #awaitReady} waits.
     *
     * @throws IllegalArgumentException one sentence, when a setting is wrong
     * @throws IllegalStateException one sentence, when Kafka cannot be reached, topics are missing, the state folder
     *     cannot be written, the port is taken or the schema registry refuses
     */
    public ModerationRunner start() {
        try {
            context.registerSingleton(TopologyState.class, state);
            context.start();
            failures = Optional.of(context.getBean(ThreadFailures.class));
            context.getBean(RunningTopology.class);
            return this;
        } catch (RuntimeException e) {
            throw Refusals.unwrapped(e, IllegalArgumentException.class, IllegalStateException.class);
        }
    }

    /** What Kafka refused when a thread failed last, if that was why; one sentence. */
    public Optional<String> refusal() {
        return failures.flatMap(ThreadFailures::refusal);
    }

    /** @return false when the app is not ready in time, or has ended before it was */
    public boolean awaitReady(Duration patience) throws InterruptedException {
        return state.awaitReady(patience);
    }

    void awaitEnd() throws InterruptedException {
        state.awaitEnd();
    }

    boolean failed() {
        return state.now() == KafkaStreams.State.ERROR;
    }

    /** What the app counts; see {@link io.unifluid.moderation.metrics.ModerationMetrics}. */
    public MeterRegistry meters() {
        return context.getBean(PrometheusMeterRegistry.class);
    }

    /** The port of health and metrics; 0 when there is none. */
    public int httpPort() {
        return context.getBean(ProbeServer.class).port();
    }

    /** Commits, leaves the group and stops within ten seconds. */
    @Override
    public void close() {
        if (!closed.getAndSet(true)) {
            context.close();
            state.ended();
        }
    }
}
