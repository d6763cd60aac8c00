package io.unifluid.gateway.webhook;

import io.micrometer.core.instrument.MeterRegistry;
import io.unifluid.gateway.config.GatewaySettings;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;

/** Tells endpoints of ends, from when it is made until it is closed. */
@Singleton
public final class Webhooks {
    private final Noticing noticing;
    private final Delivering delivering;

    Webhooks(GatewaySettings settings, Endpoints endpoints, MeterRegistry meters) {
        this.delivering = new Delivering(settings.cluster(), settings.webhooks(), endpoints, meters);
        this.noticing = new Noticing(settings.cluster(), endpoints);
    }

    @PreDestroy
    void close() {
        noticing.close();
        delivering.close();
    }
}
