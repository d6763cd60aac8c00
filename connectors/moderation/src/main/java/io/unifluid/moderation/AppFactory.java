package io.unifluid.moderation;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import io.micronaut.management.health.indicator.annotation.Liveness;
import io.micronaut.management.health.indicator.annotation.Readiness;
import io.micronaut.runtime.server.EmbeddedServer;
import io.unifluid.blobs.BlobStores;
import io.unifluid.moderation.config.ModerationSettings;
import io.unifluid.moderation.metrics.ModerationMetrics;
import io.unifluid.moderation.picture.Looks;
import io.unifluid.moderation.topology.ModerationTopology;
import io.unifluid.service.health.Indicator;
import io.unifluid.service.health.ProbeServer;
import io.unifluid.streams.deadletter.Faults;
import io.unifluid.streams.event.RecordLimits;
import io.unifluid.streams.metrics.KafkaMeters;
import io.unifluid.streams.readiness.ThreadFailures;
import io.unifluid.streams.readiness.TopologyState;
import io.unifluid.streams.readiness.Troubles;
import io.unifluid.streams.running.StreamsRun;
import io.unifluid.streams.topology.BoundedClients;
import io.unifluid.streams.topology.KafkaSettings;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import org.apache.kafka.streams.KafkaStreams;

/** What stands around the topology. */
@Factory
final class AppFactory {
    /** @param all Micronaut's own for every registry: asked for, it adds what the JVM says of itself */
    @Singleton
    ModerationMetrics metrics(PrometheusMeterRegistry registry, MeterRegistry all) {
        return new ModerationMetrics(registry);
    }

    @Singleton
    Faults faults(ModerationMetrics metrics) {
        return new Faults(metrics, RecordLimits.defaults());
    }

    @Singleton
    @Bean(preDestroy = "close")
    Looks looks(ModerationSettings settings) {
        return new Looks(settings.blobStore().map(BlobStores::open));
    }

    @Singleton
    @Bean(preDestroy = "stop")
    ThreadFailures failures(ModerationMetrics metrics, StartChecks checks, TopologyState state) {
        return new ThreadFailures(metrics::threadFailed, checks::refused, state::wasRunning);
    }

    @Singleton
    ProbeServer probes(ModerationSettings settings, BeanProvider<EmbeddedServer> server) {
        return new ProbeServer(
                "moderation app", settings.httpHost(), settings.httpPort(), server, IllegalStateException::new);
    }

    /** @param probes say already that the app is not ready yet */
    @Singleton
    @Bean(preDestroy = "close")
    StreamsRun run(
            ModerationSettings settings,
            ModerationMetrics metrics,
            PrometheusMeterRegistry registry,
            Faults faults,
            Looks looks,
            StartChecks checks,
            ProbeServer probes,
            TopologyState state,
            ThreadFailures failures) {
        probes.start();
        var streams = new KafkaStreams(
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
        return StreamsRun.start(streams, state, failures, registry);
    }

    @Singleton
    @Named("alive")
    @Liveness
    Indicator alive(TopologyState state) {
        return new Indicator("alive", () -> Troubles.ended(state.now()));
    }

    @Singleton
    @Named("state")
    @Readiness
    Indicator state(TopologyState state) {
        return new Indicator("state", state::trouble);
    }

    @Singleton
    @Named("threads")
    @Readiness
    Indicator threads(ThreadFailures failures, ModerationSettings settings) {
        return new Indicator("threads", () -> failures.trouble(settings.threads(), System.nanoTime()));
    }

    @Singleton
    @Named("registry")
    @Readiness
    Indicator registry(Faults faults) {
        return new Indicator("registry", () -> faults.registry().trouble());
    }

    /** Puts the filter into the registry before anything is registered there. */
    @Singleton
    BeanCreatedEventListener<PrometheusMeterRegistry> fewKafkaMeters() {
        return (BeanCreatedEvent<PrometheusMeterRegistry> event) -> {
            event.getBean().config().meterFilter(KafkaMeters.FEW);
            return event.getBean();
        };
    }
}
