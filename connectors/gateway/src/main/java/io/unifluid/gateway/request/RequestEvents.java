package io.unifluid.gateway.request;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.sse.Event;
import io.unifluid.gateway.http.BaseAddress;
import io.unifluid.gateway.http.Json;
import io.unifluid.gateway.view.Feed;
import io.unifluid.gateway.view.Watch;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One caller's stream of events, asked for one by one. To be closed, which ends a wait from any thread. */
sealed interface RequestEvents extends AutoCloseable {
    /** When nothing happens, so that everybody between sees that somebody is there. */
    Duration ALIVE = Duration.ofSeconds(15);

    /** Characters of one event's JSON. */
    int LONGEST = 64 * 1024;

    /** The place of the last event of a request: who comes back with it has seen all. */
    String END = "end";

    /** Waits for it; empty when there will be no more. */
    Optional<Event<String>> next() throws InterruptedException;

    @Override
    void close();

    /** Of one request: how it is now, and then each change, up to its end. */
    final class OfOne implements RequestEvents {
        private final HttpRequest<?> from;
        private final Lookup lookup;
        private final String id;
        private final Watch watch;
        private Optional<Lookup.Look> first;
        private String last = "";
        private boolean ended;

        OfOne(HttpRequest<?> from, Lookup lookup, String id, Watch watch, Lookup.Look first) {
            this.from = from;
            this.lookup = lookup;
            this.id = id;
            this.watch = watch;
            this.first = Optional.of(first);
        }

        @Override
        public Optional<Event<String>> next() throws InterruptedException {
            if (ended || watch.ended()) {
                return Optional.empty();
            }
            if (first.isEmpty()) {
                watch.await(ALIVE);
            }
            var look = first.or(() -> lookup.now(from, id));
            first = Optional.empty();
            var text = look.map(Lookup.Look::shown).map(Json::text).orElse(last);
            if (text.equals(last)) {
                return Optional.of(alive());
            }
            last = text;
            ended = look.filter(Lookup.Look::ended).isPresent();
            return look.map(now -> Event.of(brief(from, now)).name("request").id(ended ? END : now.status()));
        }

        @Override
        public void close() {
            watch.end();
            watch.close();
        }
    }

    /** Of all of a tenant. */
    final class OfAll implements RequestEvents {
        private final HttpRequest<?> from;
        private final Lookup lookup;
        private final Feed.Reader feed;
        private boolean begun;

        OfAll(HttpRequest<?> from, Lookup lookup, Feed.Reader feed) {
            this.from = from;
            this.lookup = lookup;
            this.feed = feed;
        }

        @Override
        public Optional<Event<String>> next() throws InterruptedException {
            if (!begun) {
                begun = true;
                return Optional.of(Event.of("{}").name("open").id(feed.place()));
            }
            return Optional.of(
                    switch (feed.next(ALIVE)) {
                        case Feed.Next.News news ->
                            lookup.now(from, news.id())
                                    .map(look -> Event.of(brief(from, look))
                                            .name("request")
                                            .id(news.place()))
                                    .orElseGet(RequestEvents::alive);
                        case Feed.Next.Missed missed -> {
                            var told = Json.object();
                            missed.requests()
                                    .ifPresentOrElse(
                                            many -> told.put("requests", many), () -> told.putNull("requests"));
                            yield Event.of(Json.text(told)).name("missed").id(missed.place());
                        }
                        case Feed.Next.Nothing _ -> alive();
                    });
        }

        @Override
        public void close() {
            feed.close();
        }
    }

    /** A long result is not sent over and over to whoever follows: it is to be had at its address. */
    private static String brief(HttpRequest<?> from, Lookup.Look look) {
        var text = Json.text(look.shown());
        if (text.length() <= LONGEST) {
            return text;
        }
        var brief = Json.object();
        for (var name : List.of("id", "object", "status", "submitted_at", "completed_at")) {
            brief.set(name, look.shown().get(name));
        }
        return Json.text(brief.put(
                "url",
                BaseAddress.of(from) + "/requests/" + look.shown().get("id").asText()));
    }

    private static Event<String> alive() {
        return Event.of("").comment("alive");
    }
}
