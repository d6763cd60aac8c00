package io.unifluid.streams.running;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micronaut.context.ApplicationContext;
import io.unifluid.service.config.Refusals;
import io.unifluid.service.health.ProbeServer;
import io.unifluid.streams.readiness.ThreadFailures;
import io.unifluid.streams.readiness.TopologyState;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.streams.KafkaStreams;

/**
 * A whole app around one topology in its context. Its beans are, beside those of the app, a {@link TopologyState} (from
 * here), {@link ThreadFailures}, a {@link ProbeServer} and a {@link StreamsRun}. Start it once, close it once; thread-safe.
 */
public abstract class TopologyRunner implements AutoCloseable {
    private final ApplicationContext context;
    private final TopologyState state = new TopologyState();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile Optional<ThreadFailures> failures = Optional.empty();

    /** @param context not started yet; is closed with this */
    protected TopologyRunner(ApplicationContext context) {
        this.context = context;
    }

    /**
     * Starts and returns at once; {@link #awaitReady} waits.
     *
     * @throws IllegalArgumentException one sentence, when a setting is wrong
     * @throws IllegalStateException one sentence, when Kafka cannot be reached, topics are missing, the state folder
     *     cannot be written, the port is taken or the schema registry refuses
     */
    public abstract TopologyRunner start();

    /** What {@link #start()} does. */
    protected final void begin() {
        try {
            context.registerSingleton(TopologyState.class, state);
            context.start();
            failures = Optional.of(context.getBean(ThreadFailures.class));
            context.getBean(StreamsRun.class);
        } catch (RuntimeException e) {
            throw Refusals.unwrapped(e, IllegalArgumentException.class, IllegalStateException.class);
        }
    }

    /** What Kafka refused when a thread failed last, if that was why; one sentence. */
    public final Optional<String> refusal() {
        return failures.flatMap(ThreadFailures::refusal);
    }

    /** @return false when the app is not ready in time, or has ended before it was */
    public final boolean awaitReady(Duration patience) throws InterruptedException {
        return state.awaitReady(patience);
    }

    /** Waits for the end, whoever brings it about. */
    final void awaitEnd() throws InterruptedException {
        state.awaitEnd();
    }

    final boolean failed() {
        return state.now() == KafkaStreams.State.ERROR;
    }

    /** Whether records are being taken now. */
    public final boolean isRunning() {
        return state.now() == KafkaStreams.State.RUNNING;
    }

    /** What the app counts. */
    public final MeterRegistry meters() {
        return context.getBean(PrometheusMeterRegistry.class);
    }

    /** The port of health and metrics; 0 when there is none. */
    public final int httpPort() {
        return context.getBean(ProbeServer.class).port();
    }

    /** For what an app has beside this; only after {@link #start()}. */
    protected final <B> B bean(Class<B> type) {
        return context.getBean(type);
    }

    /** Commits, leaves the group and stops within ten seconds. */
    @Override
    public final void close() {
        if (!closed.getAndSet(true)) {
            context.close();
            state.ended();
        }
    }
}
