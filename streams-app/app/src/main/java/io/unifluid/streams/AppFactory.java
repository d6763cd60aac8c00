package io.unifluid.streams;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.runtime.server.EmbeddedServer;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Topics;
import io.unifluid.service.health.ProbeServer;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.streams.deadletter.Faults;
import io.unifluid.streams.event.RecordLimits;
import io.unifluid.streams.intake.IntakeGate;
import io.unifluid.streams.intake.IntakeRecords;
import io.unifluid.streams.intake.KafkaIntakeLog;
import io.unifluid.streams.metrics.StreamsMetrics;
import io.unifluid.streams.readiness.ClusterWatch;
import io.unifluid.streams.readiness.ThreadFailures;
import io.unifluid.streams.readiness.TopologyState;
import io.unifluid.streams.running.StreamsRun;
import io.unifluid.streams.topology.BoundedClients;
import io.unifluid.streams.topology.KafkaSettings;
import io.unifluid.streams.topology.UniFluidTopology;
import jakarta.inject.Singleton;
import org.apache.kafka.streams.KafkaStreams;

/** What stands around the topology, made in the order in which one needs the other. */
@Factory
final class AppFactory {
    /** @param all Micronaut's own for every registry: asked for, it adds what the JVM says of itself */
    @Singleton
    StreamsMetrics metrics(PrometheusMeterRegistry registry, MeterRegistry all) {
        return new StreamsMetrics(registry);
    }

    @Singleton
    Faults faults(StreamsMetrics metrics) {
        return new Faults(metrics, RecordLimits.defaults());
    }

    /** @param checks first, since they say more clearly what is missing */
    @Singleton
    @Bean(preDestroy = "close")
    ClusterWatch watch(
            StreamsSettings settings, StreamsMetrics metrics, Faults faults, IntakeRecords intake, StartChecks checks) {
        return ClusterWatch.start(settings, metrics, faults, intake);
    }

    @Singleton
    @Bean(preDestroy = "close")
    IntakeRecords intake(StreamsSettings settings, StreamsMetrics metrics) {
        var decoder = new AvroSerdes(settings.registry()).deserializer(Topics.REQUESTS);
        return new IntakeRecords(new KafkaIntakeLog(settings), decoder, metrics::readAgain);
    }

    @Singleton
    IntakeGate gate(StreamsSettings settings) {
        return IntakeGate.of(settings);
    }

    @Singleton
    @Bean(preDestroy = "stop")
    ThreadFailures failures(StreamsMetrics metrics, StartChecks checks, TopologyState state) {
        return new ThreadFailures(metrics::threadFailed, checks::refused, state::wasRunning);
    }

    @Singleton
    ProbeServer probes(StreamsSettings settings, BeanProvider<EmbeddedServer> server) {
        return new ProbeServer(
                "streams app", settings.httpHost(), settings.httpPort(), server, IllegalStateException::new);
    }

    /**
     * @param watch has looked at the topics, so that sizes are known before the first record
     * @param probes say already that the app is not ready yet
     */
    @Singleton
    @Bean(preDestroy = "close")
    StreamsRun run(
            StreamsSettings settings,
            StreamsMetrics metrics,
            PrometheusMeterRegistry registry,
            Faults faults,
            StartChecks checks,
            IntakeRecords intake,
            IntakeGate gate,
            ClusterWatch watch,
            ProbeServer probes,
            TopologyState state,
            ThreadFailures failures) {
        probes.start();
        var streams = new KafkaStreams(
                new UniFluidTopology(settings, metrics, faults, checks.partitions(), intake, gate).build(),
                KafkaSettings.of(settings, faults),
                new BoundedClients(settings.threads(), gate::holds));
        return StreamsRun.start(streams, state, failures, registry);
    }
}
