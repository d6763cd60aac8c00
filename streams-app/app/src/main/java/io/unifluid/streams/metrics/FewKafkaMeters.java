package io.unifluid.streams.metrics;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import jakarta.inject.Singleton;

/** Puts the filter into the registry before anything is registered there. */
@Singleton
final class FewKafkaMeters implements BeanCreatedEventListener<PrometheusMeterRegistry> {
    @Override
    public PrometheusMeterRegistry onCreated(BeanCreatedEvent<PrometheusMeterRegistry> event) {
        event.getBean().config().meterFilter(KafkaMeters.FEW);
        return event.getBean();
    }
}
