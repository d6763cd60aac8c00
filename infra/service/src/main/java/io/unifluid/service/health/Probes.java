package io.unifluid.service.health;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micronaut.context.BeanContext;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.inject.qualifiers.Qualifiers;
import io.micronaut.management.health.indicator.annotation.Liveness;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Collectors;

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

    private final Collection<Indicator> liveness;
    private final Collection<Indicator> all;
    private final PrometheusMeterRegistry metrics;

    Probes(BeanContext context, PrometheusMeterRegistry metrics) {
        this.liveness = context.getBeansOfType(Indicator.class, Qualifiers.byStereotype(Liveness.class));
        this.all = context.getBeansOfType(Indicator.class);
        this.metrics = metrics;
    }

    @Get(uri = "/health", produces = TEXT)
    HttpResponse<String> health() {
        return answer(liveness);
    }

    @Get(uri = "/ready", produces = TEXT)
    HttpResponse<String> ready() {
        return answer(all);
    }

    @Get(uri = "/metrics", produces = PROMETHEUS_TEXT)
    String metrics() {
        return metrics.scrape();
    }

    private static HttpResponse<String> answer(Collection<Indicator> indicators) {
        String troubles = indicators.stream()
                .map(Indicator::trouble)
                .flatMap(Optional::stream)
                .map(trouble -> trouble + "\n")
                .collect(Collectors.joining());
        return troubles.isEmpty()
                ? HttpResponse.ok("ok\n")
                : HttpResponse.<String>status(HttpStatus.SERVICE_UNAVAILABLE).body(troubles);
    }
}
