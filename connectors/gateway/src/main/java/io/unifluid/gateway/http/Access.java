package io.unifluid.gateway.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.core.annotation.Order;
import io.micronaut.core.order.Ordered;
import io.micronaut.http.BasicHttpAttributes;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.unifluid.gateway.tenant.Caller;
import io.unifluid.schemas.OneLine;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Under which id a request comes in, and what was answered: in its headers, in the log and in the metrics. */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
@Order(Access.ORDER)
final class Access {
    static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 1000;

    private static final Logger LOG = LoggerFactory.getLogger("access");
    private static final String REQUEST_ID = "x-request-id";
    private static final String GIVEN = "[A-Za-z0-9._-]{1,100}";
    private static final String ID = "unifluid.request.id";
    private static final String BEGUN = "unifluid.begun";
    private static final int LONGEST_LOGGED = 200;

    private final MeterRegistry meters;

    Access(MeterRegistry meters) {
        this.meters = meters;
    }

    /** Of this request; in the answer's header, in the log, and in messages about faults. */
    static String id(HttpRequest<?> request) {
        return request.getAttribute(ID, String.class).orElse("-");
    }

    @RequestFilter
    void enter(HttpRequest<?> request) {
        request.setAttribute(BEGUN, System.nanoTime());
        request.setAttribute(
                ID,
                Optional.ofNullable(request.getHeaders().get(REQUEST_ID))
                        .filter(given -> given.matches(GIVEN))
                        .orElseGet(Access::fresh));
    }

    /** That nobody guesses it matters to nobody. */
    private static String fresh() {
        var random = ThreadLocalRandom.current();
        return "req-" + new UUID(random.nextLong(), random.nextLong());
    }

    @ResponseFilter
    void leave(HttpRequest<?> request, MutableHttpResponse<?> response) {
        var caller = Door.known(request);
        response.header(REQUEST_ID, id(request));
        response.header("x-content-type-options", "nosniff");
        caller.map(Caller::left).ifPresent(left -> tell(left, response));
        long took = System.nanoTime() - request.getAttribute(BEGUN, Long.class).orElseGet(System::nanoTime);
        meters.timer(
                        "unifluid.gateway.answers",
                        "route",
                        BasicHttpAttributes.getUriTemplate(request).orElse("none"),
                        "status",
                        Integer.toString(response.code()))
                .record(took, TimeUnit.NANOSECONDS);
        // Without the query, which may hold a signature.
        LOG.info(
                "{} {} {} {} {} {} ms",
                id(request),
                caller.map(Caller::tenant).orElse("-"),
                request.getMethodName(),
                OneLine.of(request.getPath(), LONGEST_LOGGED),
                response.code(),
                took / 1_000_000);
    }

    /** By the names that OpenAI gives them. */
    private static void tell(Caller.Left left, MutableHttpResponse<?> response) {
        response.header(
                "x-ratelimit-limit-requests", Long.toString(left.limits().requestsPerMinute()));
        response.header("x-ratelimit-remaining-requests", Long.toString(left.requests()));
        response.header("x-ratelimit-reset-requests", time(left.untilAll()));
        response.header("x-ratelimit-limit-bytes", Long.toString(left.limits().bytesPerMinute()));
        response.header("x-ratelimit-remaining-bytes", Long.toString(left.bytes()));
        response.header("x-ratelimit-reset-bytes", time(left.untilAllBytes()));
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
