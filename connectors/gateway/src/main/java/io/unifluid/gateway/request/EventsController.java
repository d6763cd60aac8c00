package io.unifluid.gateway.request;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.sse.Event;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.unifluid.gateway.http.ApiError;
import io.unifluid.gateway.http.Door;
import io.unifluid.gateway.view.RequestView;
import jakarta.inject.Named;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Requests followed by server-sent events. An event is made when the connection takes one, so that a slow reader costs no
 * memory.
 */
@Controller
@ExecuteOn(TaskExecutors.BLOCKING)
final class EventsController {
    private static final int MOST = 10_000;

    private final Lookup lookup;
    private final RequestView view;
    private final Scheduler threads;
    private final AtomicInteger open = new AtomicInteger();

    EventsController(Lookup lookup, RequestView view, @Named(TaskExecutors.BLOCKING) ExecutorService threads) {
        this.lookup = lookup;
        this.view = view;
        this.threads = Schedulers.fromExecutorService(threads);
    }

    /** How one request is now, and each change until it has its result. */
    @Get(uri = "/requests/{id}/events", produces = MediaType.TEXT_EVENT_STREAM)
    HttpResponse<Publisher<Event<String>>> one(HttpRequest<?> from, @PathVariable String id)
            throws InterruptedException {
        var watch = view.watch(id);
        try {
            var look = lookup.look(from, id, Duration.ZERO);
            if (after(from).equals(RequestEvents.END)) {
                watch.close();
                return HttpResponse.noContent(); // By which a browser's EventSource knows that it need not come back.
            }
            return stream(new RequestEvents.OfOne(from, lookup, id, watch, look));
        } catch (RuntimeException e) {
            watch.close();
            throw e;
        }
    }

    /** What is said of all requests of the tenant, from now on or from where the reader was. */
    @Get(uri = "/events", produces = MediaType.TEXT_EVENT_STREAM)
    HttpResponse<Publisher<Event<String>>> all(HttpRequest<?> from) {
        var tenant = Door.caller(from).tenant();
        return stream(new RequestEvents.OfAll(from, lookup, view.feed(tenant, RequestIds.begin(tenant), after(from))));
    }

    private static String after(HttpRequest<?> from) {
        return Optional.ofNullable(from.getHeaders().get("last-event-id")).orElse("");
    }

    private HttpResponse<Publisher<Event<String>>> stream(RequestEvents events) {
        if (open.incrementAndGet() > MOST) {
            open.decrementAndGet();
            events.close();
            throw ApiError.unavailable("The gateway has as many open event streams as it can: try again.");
        }
        Publisher<Event<String>> stream = Flux.<Event<String>>generate(sink -> {
                    try {
                        events.next().ifPresentOrElse(sink::next, sink::complete);
                    } catch (ApiError e) {
                        sink.next(Event.of(e.json()).name("error"));
                        sink.complete();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        sink.complete();
                    }
                })
                .subscribeOn(threads)
                .doFinally(_ -> {
                    open.decrementAndGet();
                    events.close();
                });
        return HttpResponse.ok(stream)
                .contentType(MediaType.TEXT_EVENT_STREAM_TYPE)
                .header("cache-control", "no-cache")
                .header("x-accel-buffering", "no");
    }
}
