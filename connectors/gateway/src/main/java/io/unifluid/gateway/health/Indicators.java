package io.unifluid.gateway.health;

import io.micronaut.context.annotation.Factory;
import io.micronaut.management.health.indicator.annotation.Liveness;
import io.unifluid.gateway.models.RunningModels;
import io.unifluid.gateway.tenant.Tenants;
import io.unifluid.gateway.view.RequestView;
import io.unifluid.service.health.Indicator;
import jakarta.inject.Named;
import jakarta.inject.Singleton;

/** What may keep a gateway from its work. */
@Factory
final class Indicators {
    @Singleton
    @Named("tenants")
    @Liveness
    Indicator tenants(Tenants tenants) {
        return new Indicator("tenants", tenants::trouble);
    }

    @Singleton
    @Named("workers")
    @Liveness
    Indicator workers(RunningModels models) {
        return new Indicator("workers", models::trouble);
    }

    /** While it is read only looking up is refused, so that this is no reason to begin anew. */
    @Singleton
    @Named("requests")
    Indicator requests(RequestView view) {
        return new Indicator("requests", view::trouble);
    }
}
