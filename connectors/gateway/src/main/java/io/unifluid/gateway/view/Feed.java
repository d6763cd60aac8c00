package io.unifluid.gateway.view;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Of which of a tenant's requests something was said lately, each once, by when it was said last. Bounded, whoever reads and
 * however slowly: a reader that falls behind skips what was said over, and is told how many requests it missed. Thread-safe.
 */
public final class Feed {
    /** Tells its places from those of one that was there before. */
    private final String name = UUID.randomUUID().toString().substring(0, 8);

    private final int most;
    private final TreeMap<Long, String> said = new TreeMap<>();
    private final Map<String, Long> places = new HashMap<>();
    private final List<Reader> readers = new ArrayList<>();
    private long last;
    private long gone;

    Feed(int most) {
        this.most = most;
    }

    /**
     * Where in it somebody is.
     *
     * @param place to go on from there later, with {@link #read}
     */
    public sealed interface Next {
        String place();

        /** Something was said of this request. */
        record News(String id, String place) implements Next {}

        /** Of so many requests the reader was not told; empty where nobody knows how many. */
        record Missed(OptionalLong requests, String place) implements Next {}

        /** Nothing was said. */
        record Nothing(String place) implements Next {}
    }

    synchronized void say(String id) {
        var before = places.put(id, ++last);
        if (before != null) {
            said.remove(before);
        }
        said.put(last, id);
        if (said.size() > most) {
            var oldest = said.pollFirstEntry();
            places.remove(oldest.getValue());
            gone = oldest.getKey();
            readers.forEach(reader -> reader.over(gone));
        }
        notifyAll();
    }

    /** @param after a place that was told before, perhaps by another gateway; empty for what is said from now on */
    public synchronized Reader read(String after) {
        var reader = new Reader(last);
        readers.add(reader);
        if (!after.isEmpty()) {
            reader.from(after);
        }
        return reader;
    }

    synchronized int readers() {
        return readers.size();
    }

    /** To be closed. One thread reads; another one may close it, which ends the wait. */
    public final class Reader implements AutoCloseable {
        private long at;
        private long missed;
        private boolean unknown;
        private boolean closed;

        private Reader(long at) {
            this.at = at;
        }

        private void from(String place) {
            var parts = place.split("-", -1);
            if (parts.length == 2 && parts[0].equals(name) && parts[1].matches("\\d{1,18}")) {
                long then = Long.parseLong(parts[1]);
                if (then >= gone && then <= last) {
                    at = then;
                    return;
                }
            }
            unknown = true;
        }

        private void over(long place) {
            if (place > at) {
                missed++;
            }
        }

        /** Waits up to so long. */
        public Next next(Duration patience) throws InterruptedException {
            synchronized (Feed.this) {
                long until = System.nanoTime() + patience.toNanos();
                while (!closed && !unknown && missed == 0 && said.higherKey(at) == null) {
                    long left = (until - System.nanoTime()) / 1_000_000;
                    if (left <= 0) {
                        return new Next.Nothing(place());
                    }
                    Feed.this.wait(left);
                }
                if (closed) {
                    return new Next.Nothing(place());
                }
                if (unknown || missed > 0) {
                    var count = unknown ? OptionalLong.empty() : OptionalLong.of(missed);
                    at = Math.max(at, gone);
                    missed = 0;
                    unknown = false;
                    return new Next.Missed(count, place());
                }
                var entry = said.higherEntry(at);
                at = entry.getKey();
                return new Next.News(entry.getValue(), place());
            }
        }

        public String place() {
            synchronized (Feed.this) {
                return name + "-" + at;
            }
        }

        @Override
        public void close() {
            synchronized (Feed.this) {
                closed = true;
                readers.remove(this);
                Feed.this.notifyAll();
            }
        }
    }
}
