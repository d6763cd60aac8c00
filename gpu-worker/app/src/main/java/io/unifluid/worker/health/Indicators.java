package io.unifluid.worker.health;

import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Factory;
import io.micronaut.management.health.indicator.annotation.Liveness;
import io.micronaut.management.health.indicator.annotation.Readiness;
import io.micronaut.runtime.server.EmbeddedServer;
import io.unifluid.service.health.Indicator;
import io.unifluid.service.health.ProbeServer;
import io.unifluid.worker.config.WorkerSettings;
import io.unifluid.worker.config.WorkerStartException;
import jakarta.inject.Named;
import jakarta.inject.Singleton;

/** Where the probes are served, and which of the {@link Vitals} say that the process should be started anew, and which only that it takes no work now. */
@Factory
final class Indicators {
    @Singleton
    ProbeServer probes(WorkerSettings settings, BeanProvider<EmbeddedServer> server) {
        return new ProbeServer("worker", settings.httpHost(), settings.httpPort(), server, WorkerStartException::new);
    }

    @Singleton
    @Named("phase")
    @Readiness
    Indicator phase(Vitals vitals) {
        return new Indicator("phase", vitals::phase);
    }

    @Singleton
    @Named("broker")
    @Liveness
    Indicator broker(Vitals vitals) {
        return new Indicator("broker", vitals::broker);
    }

    @Singleton
    @Named("registry")
    @Readiness
    Indicator registry(Vitals vitals) {
        return new Indicator("registry", vitals::registry);
    }

    @Singleton
    @Named("device")
    @Liveness
    Indicator device(Vitals vitals) {
        return new Indicator("device", vitals::device);
    }
}
