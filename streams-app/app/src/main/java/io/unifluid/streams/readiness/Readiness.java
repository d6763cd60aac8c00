package io.unifluid.streams.readiness;

import io.micronaut.core.async.publisher.Publishers;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;

/**
 * Whether requests are being taken, and why not: every check has nothing to say, or one sentence. They are asked anew each
 * time, and look at what is known; none of them waits for anybody.
 */
public record Readiness(List<Check> checks) {
    /** @param trouble one sentence: what is wrong and what to do */
    public record Check(String name, Supplier<Optional<String>> trouble) implements HealthIndicator {
        /** As Micronaut asks for it; the sentence is the detail. */
        @Override
        public Publisher<HealthResult> getResult() {
            return Publishers.just(trouble.get()
                    .map(sentence ->
                            HealthResult.builder(name, HealthStatus.DOWN).details(sentence))
                    .orElseGet(() -> HealthResult.builder(name, HealthStatus.UP))
                    .build());
        }
    }

    public Readiness {
        checks = List.copyOf(checks);
    }

    /** One line for each check that has something to say, its name in front. */
    public List<String> troubles() {
        return checks.stream()
                .flatMap(check -> check.trouble().get().stream().map(sentence -> check.name() + ": " + sentence))
                .toList();
    }
}
