package io.unifluid.service.health;

import io.micronaut.core.async.publisher.Publishers;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import java.util.Optional;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;

/** One thing that may be wrong, as Micronaut asks for it; what is wrong is the detail. */
public final class Indicator implements HealthIndicator {
    private final String name;
    private final Supplier<Optional<String>> trouble;

    /** @param trouble what is wrong, one sentence; empty while nothing is. Any thread may ask. */
    public Indicator(String name, Supplier<Optional<String>> trouble) {
        this.name = name;
        this.trouble = trouble;
    }

    Optional<String> trouble() {
        return trouble.get();
    }

    @Override
    public Publisher<HealthResult> getResult() {
        return Publishers.just(trouble()
                .map(sentence -> HealthResult.builder(name, HealthStatus.DOWN).details(sentence))
                .orElseGet(() -> HealthResult.builder(name, HealthStatus.UP))
                .build());
    }
}
