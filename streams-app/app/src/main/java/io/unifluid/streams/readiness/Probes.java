package io.unifluid.streams.readiness;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micronaut.context.BeanContext;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.management.health.indicator.annotation.Liveness;
import java.util.List;

/**
 * {@code /health} (the process is worth keeping), {@code /ready} (requests are being taken): 200 for yes, or 503 and a line
 * for each reason; and {@code /metrics} as Prometheus reads it. Plain text, for people and for whoever has no more than a
 * shell.
 */
@Controller
final class Probes {
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final TopologyState state;
    private final Readiness liveness;
    private final Readiness readiness;
    private final PrometheusMeterRegistry metrics;

    Probes(TopologyState state, BeanContext beans, Readiness readiness, PrometheusMeterRegistry metrics) {
        this.state = state;
        this.liveness = Indicators.of(beans, Liveness.class);
        this.readiness = readiness;
        this.metrics = metrics;
    }

    @Get(uri = "/health", produces = TEXT)
    HttpResponse<String> health() {
        return answer(liveness.troubles());
    }

    @Get(uri = "/ready", produces = TEXT)
    HttpResponse<String> ready() {
        return answer(readiness.troubles());
    }

    @Get(uri = "/metrics", produces = PROMETHEUS_TEXT)
    String metrics() {
        return metrics.scrape();
    }

    private HttpResponse<String> answer(List<String> troubles) {
        return troubles.isEmpty()
                ? HttpResponse.ok(state.now().name())
                : HttpResponse.<String>status(HttpStatus.SERVICE_UNAVAILABLE).body(String.join("\n", troubles));
    }
}
