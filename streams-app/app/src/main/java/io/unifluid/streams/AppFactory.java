package io.unifluid.streams;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.streams.deadletter.Faults;
import io.unifluid.streams.event.RecordLimits;
import io.unifluid.streams.metrics.StreamsMetrics;
import io.unifluid.streams.readiness.ClusterWatch;
import io.unifluid.streams.readiness.ThreadFailures;
import io.unifluid.streams.readiness.TopologyState;
import jakarta.inject.Singleton;

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
    ClusterWatch watch(StreamsSettings settings, StreamsMetrics metrics, Faults faults, StartChecks checks) {
        return ClusterWatch.start(settings, metrics, faults);
    }

    @Singleton
    @Bean(preDestroy = "stop")
    ThreadFailures failures(StreamsMetrics metrics, StartChecks checks, TopologyState state) {
        return new ThreadFailures(metrics::threadFailed, checks::refused, state::wasRunning);
    }
}
