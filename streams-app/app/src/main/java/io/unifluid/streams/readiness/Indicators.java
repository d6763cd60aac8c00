package io.unifluid.streams.readiness;

import io.micronaut.context.BeanContext;
import io.micronaut.context.annotation.Factory;
import io.micronaut.core.annotation.Order;
import io.micronaut.inject.qualifiers.Qualifiers;
import io.micronaut.management.health.indicator.annotation.Liveness;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.streams.readiness.Readiness.Check;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.lang.annotation.Annotation;
import java.util.List;

/** What is asked whether the process is worth keeping (one) and whether requests are being taken (the others). */
@Factory
final class Indicators {
    @Singleton
    @Liveness
    Check alive(TopologyState state) {
        return new Check("state", () -> Troubles.ended(state.now()));
    }

    @Singleton
    @Named("state")
    @io.micronaut.management.health.indicator.annotation.Readiness
    @Order(1)
    Check state(TopologyState state) {
        return new Check("state", state::trouble);
    }

    @Singleton
    @Named("threads")
    @io.micronaut.management.health.indicator.annotation.Readiness
    @Order(2)
    Check threads(ThreadFailures failures, StreamsSettings settings) {
        return new Check("threads", () -> failures.trouble(settings.threads(), System.nanoTime()));
    }

    @Singleton
    @Named("kafka")
    @io.micronaut.management.health.indicator.annotation.Readiness
    @Order(3)
    Check kafka(ClusterWatch watch) {
        return watch.check("kafka");
    }

    @Singleton
    @Named("topics")
    @io.micronaut.management.health.indicator.annotation.Readiness
    @Order(4)
    Check topics(ClusterWatch watch) {
        return watch.check("topics");
    }

    @Singleton
    @Named("partitions")
    @io.micronaut.management.health.indicator.annotation.Readiness
    @Order(5)
    Check partitions(ClusterWatch watch) {
        return watch.check("partitions");
    }

    @Singleton
    @Named("retention")
    @io.micronaut.management.health.indicator.annotation.Readiness
    @Order(6)
    Check retention(ClusterWatch watch) {
        return watch.check("retention");
    }

    @Singleton
    @Named("transactions")
    @io.micronaut.management.health.indicator.annotation.Readiness
    @Order(7)
    Check transactions(ClusterWatch watch) {
        return watch.check("transactions");
    }

    @Singleton
    @Named("registry")
    @io.micronaut.management.health.indicator.annotation.Readiness
    @Order(8)
    Check registry(ClusterWatch watch) {
        return watch.check("registry");
    }

    @Singleton
    Readiness readiness(BeanContext beans) {
        return of(beans, io.micronaut.management.health.indicator.annotation.Readiness.class);
    }

    /** Every check that is marked so. */
    static Readiness of(BeanContext beans, Class<? extends Annotation> mark) {
        return new Readiness(List.copyOf(beans.getBeansOfType(Check.class, Qualifiers.byStereotype(mark))));
    }
}
