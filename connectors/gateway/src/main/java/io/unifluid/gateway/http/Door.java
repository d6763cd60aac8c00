package io.unifluid.gateway.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.core.annotation.Order;
import io.micronaut.core.order.Ordered;
import io.micronaut.http.BasicHttpAttributes;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.unifluid.gateway.tenant.Caller;
import io.unifluid.gateway.tenant.Tenants;
import io.unifluid.schemas.OneLine;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who comes in, under which id, and what was answered. The API asks for a key; probes and pages do not. */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
@Order(Ordered.HIGHEST_PRECEDENCE)
final class Door {
    static final String REQUEST_ID = "x-request-id";

    private static final Logger ACCESS = LoggerFactory.getLogger("access");
    private static final List<String> API = List.of("/v1/", "/requests", "/events");
    private static final String ID = "unifluid.request.id";
    private static final String CALLER = "unifluid.caller";
    private static final String BEGUN = "unifluid.begun";
    private static final String GIVEN_ID = "[A-Za-z0-9._-]{1,100}";
    private static final int LONGEST_LOGGED = 200;

    private final Tenants tenants;
    private final MeterRegistry meters;

    Door(Tenants tenants, MeterRegistry meters) {
        this.tenants = tenants;
        this.meters = meters;
    }

    /** Of this request; in the answer's header, in the log, and in messages about faults. */
    static String id(HttpRequest<?> request) {
        return request.getAttribute(ID, String.class).orElse("-");
    }

    /** Who asks; there on every path of the API. */
    static Caller caller(HttpRequest<?> request) {
        return request.getAttribute(CALLER, Caller.class)
                .orElseThrow(() -> new IllegalStateException("The path is not one of the API's."));
    }

    @RequestFilter
    void enter(HttpRequest<?> request) {
        request.setAttribute(BEGUN, System.nanoTime());
        request.setAttribute(
                ID,
                Optional.ofNullable(request.getHeaders().get(REQUEST_ID))
                        .filter(given -> given.matches(GIVEN_ID))
                        .orElseGet(() -> "req-" + UUID.randomUUID()));
        if (API.stream().anyMatch(request.getPath()::startsWith)) {
            var caller = known(request);
            request.setAttribute(CALLER, caller);
            caller.enter(Math.max(0, request.getContentLength())).ifPresent(over -> {
                throw over(over);
            });
        }
    }

    private Caller known(HttpRequest<?> request) {
        var given = request.getHeaders().get(HttpHeaders.AUTHORIZATION);
        if (given == null || given.isBlank()) {
            return tenants.withoutKey()
                    .orElseThrow(() ->
                            ApiError.noKey("The request has no key: send the header 'Authorization: Bearer KEY'."));
        }
        if (!given.regionMatches(true, 0, "Bearer ", 0, 7)) {
            throw ApiError.noKey("The header Authorization is not 'Bearer KEY': send it so.");
        }
        var key = given.substring(7).strip();
        return tenants.of(key)
                .or(() -> key.equals("local") ? tenants.withoutKey() : Optional.empty())
                .orElseThrow(() -> ApiError.noKey(
                        "The key is not known, or was revoked: ask the operator for one ('unifluid tenants add')."));
    }

    static ApiError over(Caller.Over over) {
        return ApiError.overLimit(
                "The limit of " + over.most() + " " + over.limit() + " is reached: try again in "
                        + Math.max(1, over.again().plusMillis(999).toSeconds()) + " s.",
                over.again());
    }

    @ResponseFilter
    void leave(HttpRequest<?> request, MutableHttpResponse<?> response) {
        response.header(REQUEST_ID, id(request));
        response.header("x-content-type-options", "nosniff");
        var caller = request.getAttribute(CALLER, Caller.class);
        caller.map(Caller::left).ifPresent(left -> {
            response.header(
                    "x-ratelimit-limit-requests", Long.toString(left.limits().requestsPerMinute()));
            response.header("x-ratelimit-remaining-requests", Long.toString(left.requests()));
            response.header("x-ratelimit-reset-requests", time(left.untilAll()));
            response.header(
                    "x-ratelimit-limit-bytes", Long.toString(left.limits().bytesPerMinute()));
            response.header("x-ratelimit-remaining-bytes", Long.toString(left.bytes()));
            response.header("x-ratelimit-reset-bytes", time(left.untilAllBytes()));
        });
        long took = System.nanoTime() - request.getAttribute(BEGUN, Long.class).orElseGet(System::nanoTime);
        meters.timer(
                        "unifluid.gateway.answers",
                        "route",
                        BasicHttpAttributes.getUriTemplate(request).orElse("none"),
                        "status",
                        Integer.toString(response.code()))
                .record(took, TimeUnit.NANOSECONDS);
        // Without the query, which may hold a signature.
        ACCESS.info(
                "{} {} {} {} {} ms {}",
                id(request),
                caller.map(Caller::tenant).orElse("-"),
                request.getMethodName(),
                OneLine.of(request.getPath(), LONGEST_LOGGED),
                took / 1_000_000,
                response.code());
    }

    /** As OpenAI writes it: {@code 120ms}, {@code 6.5s}, {@code 1m30s}. */
    private static String time(Duration wait) {
        if (wait.toMillis() < 1000) {
            return wait.toMillis() + "ms";
        }
        return wait.toMinutes() > 0
                ? wait.toMinutes() + "m" + wait.toSecondsPart() + "s"
                : String.format(Locale.ROOT, "%.1fs", wait.toMillis() / 1000.0);
    }
}
