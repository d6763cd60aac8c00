package io.unifluid.gateway.view;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The feeds of the tenants that somebody reads, or read a moment ago. Thread-safe. */
final class Feeds {
    private static final int MOST = 10_000;
    /** For who comes back. */
    private static final Duration AFTER_THE_LAST = Duration.ofMinutes(5);

    private final Map<String, Open> open = new ConcurrentHashMap<>();

    private static final class Open {
        private final String idsBegin;
        private final Feed feed = new Feed(MOST);
        private volatile long readAt = System.nanoTime();

        Open(String idsBegin) {
            this.idsBegin = idsBegin;
        }

        boolean over() {
            if (feed.readers() > 0) {
                readAt = System.nanoTime();
            }
            return System.nanoTime() - readAt > AFTER_THE_LAST.toNanos();
        }
    }

    /** @param idsBegin with which the ids begin that gateways make for the tenant, and no others */
    Feed.Reader read(String tenant, String idsBegin, String after) {
        open.values().removeIf(Open::over);
        var reader = new Feed.Reader[1];
        open.compute(tenant, (_, there) -> {
            var feed = there == null ? new Open(idsBegin) : there;
            feed.readAt = System.nanoTime();
            reader[0] = feed.feed.read(after);
            return feed;
        });
        return reader[0];
    }

    /** @param tenant whose it is, where the id does not say it; asked for only if somebody reads */
    void say(String id, Supplier<Optional<String>> tenant) {
        if (open.isEmpty()) {
            return;
        }
        for (var feed : open.values()) {
            if (id.startsWith(feed.idsBegin)) {
                feed.feed.say(id);
                return;
            }
        }
        tenant.get().map(open::get).ifPresent(feed -> feed.feed.say(id));
    }
}
