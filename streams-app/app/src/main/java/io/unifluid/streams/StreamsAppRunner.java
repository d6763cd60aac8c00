package io.unifluid.streams;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.RegistryErrors;
import io.unifluid.schemas.RegistryUnavailableException;
import io.unifluid.schemas.access.Need;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.streams.deadletter.Faults;
import io.unifluid.streams.event.Names;
import io.unifluid.streams.event.RecordLimits;
import io.unifluid.streams.metrics.StreamsMetrics;
import io.unifluid.streams.readiness.ClusterWatch;
import io.unifluid.streams.readiness.HealthServer;
import io.unifluid.streams.readiness.Readiness;
import io.unifluid.streams.readiness.RequiredTopics;
import io.unifluid.streams.readiness.StateFolder;
import io.unifluid.streams.readiness.ThreadFailures;
import io.unifluid.streams.readiness.Troubles;
import io.unifluid.streams.topology.BoundedClients;
import io.unifluid.streams.topology.KafkaSettings;
import io.unifluid.streams.topology.UniFluidTopology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole app without a framework, for {@link StreamsApp}, tests and whoever embeds it. Start it once, close it once;
 * thread-safe.
 */
public final class StreamsAppRunner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamsAppRunner.class);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(8);

    private final StreamsSettings settings;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final StreamsMetrics metrics = new StreamsMetrics(registry);
    private final Faults faults = new Faults(metrics, RecordLimits.defaults());
    private final ThreadFailures failures = new ThreadFailures(metrics, this::refused, this::wasRunning);
    private final CountDownLatch ready = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean wasRunning;
    private volatile KafkaStreams streams;
    private volatile HealthServer health;
    private volatile ClusterWatch watch;
    private volatile Readiness readiness = new Readiness(List.of());

    public StreamsAppRunner(StreamsSettings settings) {
        this.settings = settings;
    }

    /**
     * Starts and returns at once; {@link #awaitReady} waits.
     *
     * @throws IllegalStateException one sentence, when Kafka cannot be reached, topics are missing, the state folder
     *     cannot be written, the port is taken or the schema registry refuses
     */
    public StreamsAppRunner start() {
        int partitions = new RequiredTopics(settings).check();
        new StateFolder(settings.stateDir()).check();
        registerSchemas();
        watch = ClusterWatch.start(settings, metrics, faults);
        var checks = new ArrayList<>(List.of(
                new Readiness.Check("state", () -> Troubles.state(state())),
                new Readiness.Check("threads", () -> failures.trouble(settings.threads(), System.nanoTime()))));
        checks.addAll(watch.checks());
        readiness = new Readiness(checks);
        health = HealthServer.start(
                settings.httpHost(), settings.httpPort(), this::state, readiness::troubles, registry::scrape);
        streams = new KafkaStreams(
                new UniFluidTopology(settings, metrics, faults, partitions).build(),
                KafkaSettings.of(settings, faults),
                new BoundedClients(settings.threads()));
        streams.setUncaughtExceptionHandler(failures);
        streams.setStateListener(this::changed);
        streams.start();
        return this;
    }

    /** One that is only silent is waited for: the threads try again, and the app is not ready until then. */
    private void registerSchemas() {
        try {
            new AvroSerdes(settings.registry()).register(Names.WRITTEN);
        } catch (RegistryUnavailableException e) {
            if (RegistryErrors.refuses(e)) {
                throw new IllegalStateException(e.getMessage(), e);
            }
            LOG.warn("{}", e.getMessage());
        }
    }

    private void changed(KafkaStreams.State next, KafkaStreams.State before) {
        LOG.info("State {} -> {}", before, next);
        if (next == KafkaStreams.State.RUNNING) {
            wasRunning = true;
            ready.countDown();
        }
        if (next == KafkaStreams.State.ERROR || next == KafkaStreams.State.NOT_RUNNING) {
            ready.countDown();
            ended.countDown();
        }
    }

    /** Asks anew what is allowed, since Kafka's refusal of one thing does not say which right it lacks. */
    private Optional<String> refused(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidConfigurationException refusal) {
                try {
                    new RequiredTopics(settings).check();
                } catch (IllegalStateException e) {
                    return Optional.of(e.getMessage());
                }
                return settings.diagnosis().of(refusal, Need.topic("of the app", AclOperation.READ));
            }
        }
        return Optional.empty();
    }

    private boolean wasRunning() {
        return wasRunning;
    }

    /** What Kafka refused when a thread failed last, if that was why; one sentence. */
    public Optional<String> refusal() {
        return failures.refusal();
    }

    /** @return false when the app is not ready in time, or has ended before it was */
    public boolean awaitReady(Duration patience) throws InterruptedException {
        return ready.await(patience.toMillis(), TimeUnit.MILLISECONDS) && wasRunning;
    }

    /** Waits for the end, whoever brings it about. */
    void awaitEnd() throws InterruptedException {
        ended.await();
    }

    boolean failed() {
        return streams.state() == KafkaStreams.State.ERROR;
    }

    /** Whether requests are being taken now. */
    public boolean isRunning() {
        return state() == KafkaStreams.State.RUNNING;
    }

    /** Why requests are not being taken, a line for each reason; empty when they are. */
    public List<String> troubles() {
        return readiness.troubles();
    }

    /** What the app counts; see {@link StreamsMetrics}. */
    public MeterRegistry meters() {
        return registry;
    }

    /** The port of health and metrics; 0 when there is none. */
    public int httpPort() {
        return health.port();
    }

    private KafkaStreams.State state() {
        return streams == null ? KafkaStreams.State.CREATED : streams.state();
    }

    /** A member that leaves is replaced at once; one that only stops is waited for until its session ends. */
    private static CloseOptions leavingAtOnce() {
        return CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
                .withTimeout(CLOSE_WITHIN);
    }

    /** Commits, leaves the group and stops within ten seconds. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        failures.stop();
        if (streams != null && !streams.close(leavingAtOnce())) {
            LOG.warn(
                    "Kafka Streams did not stop within {} s; the open transaction will be aborted and repeated.",
                    CLOSE_WITHIN.toSeconds());
        }
        if (watch != null) {
            watch.close();
        }
        if (health != null) {
            health.close();
        }
        ended.countDown();
    }
}
