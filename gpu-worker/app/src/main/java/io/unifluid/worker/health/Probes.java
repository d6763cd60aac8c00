package io.unifluid.worker.health;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micronaut.context.BeanContext;
import io.micronaut.health.HealthStatus;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.inject.qualifiers.Qualifiers;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.micronaut.management.health.indicator.annotation.Liveness;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.Collection;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * {@code /health} (200 while the process is of use), {@code /ready} (200 while it takes work), else 503 and a line for
 * each reason; and {@code /metrics}, as Prometheus reads it. Plain text, for people and for whoever has no more than a
 * shell.
 */
@Controller
@ExecuteOn(TaskExecutors.BLOCKING)
final class Probes {
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final Collection<HealthIndicator> liveness;
    private final Collection<HealthIndicator> all;
    private final PrometheusMeterRegistry metrics;

    Probes(BeanContext context, PrometheusMeterRegistry metrics) {
        this.liveness = context.getBeansOfType(HealthIndicator.class, Qualifiers.byStereotype(Liveness.class));
        this.all = context.getBeansOfType(HealthIndicator.class);
        this.metrics = metrics;
    }

    @Get(uri = "/health", produces = TEXT)
    Mono<HttpResponse<String>> health() {
        return answer(liveness);
    }

    @Get(uri = "/ready", produces = TEXT)
    Mono<HttpResponse<String>> ready() {
        return answer(all);
    }

    @Get(uri = "/metrics", produces = PROMETHEUS_TEXT)
    String metrics() {
        return metrics.scrape();
    }

    private static Mono<HttpResponse<String>> answer(Collection<HealthIndicator> indicators) {
        return Flux.fromIterable(indicators)
                .concatMap(HealthIndicator::getResult)
                .filter(result -> !HealthStatus.UP.equals(result.getStatus()))
                .map(Probes::sentence)
                .collectList()
                .map(troubles -> troubles.isEmpty()
                        ? HttpResponse.ok("ok\n")
                        : HttpResponse.<String>status(HttpStatus.SERVICE_UNAVAILABLE)
                                .body(String.join("\n", troubles) + "\n"));
    }

    private static String sentence(HealthResult result) {
        return result.getDetails() instanceof String said ? said : result.getName() + " is " + result.getStatus() + ".";
    }
}
