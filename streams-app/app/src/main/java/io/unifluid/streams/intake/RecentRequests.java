package io.unifluid.streams.intake;

import io.unifluid.schemas.InferenceRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;

/**
 * Requests that will be asked for soon, in bounded memory. Where that is full, one that has lain here for long makes room
 * for the next, since it may have ended without being asked for; else the next is not kept: those that came first are asked
 * for first. Belongs to one thread at a time.
 */
final class RecentRequests {
    /** Of its fields and of the map, beside the bytes that it came as. */
    private static final int OVERHEAD = 1024;

    private record Kept(InferenceRequest request, long bytes, Instant since) {}

    private final long most;
    private final Duration longEnough;
    private final LinkedHashMap<Place, Kept> kept = new LinkedHashMap<>();
    private long bytes;

    /**
     * @param most bytes
     * @param longEnough after which one makes room for another
     */
    RecentRequests(long most, Duration longEnough) {
        this.most = most;
        this.longEnough = longEnough;
    }

    void keep(Place place, InferenceRequest request, int encodedBytes, Instant now) {
        long size = (long) encodedBytes + OVERHEAD;
        if (size > most || kept.containsKey(place)) {
            return;
        }
        var oldest = kept.values().iterator();
        while (bytes + size > most && oldest.hasNext()) {
            var next = oldest.next();
            if (now.isBefore(next.since().plus(longEnough))) {
                return;
            }
            bytes -= next.bytes();
            oldest.remove();
        }
        kept.put(place, new Kept(request, size, now));
        bytes += size;
    }

    Optional<InferenceRequest> take(Place place) {
        var found = Optional.ofNullable(kept.remove(place));
        found.ifPresent(one -> bytes -= one.bytes());
        return found.map(Kept::request);
    }

    long bytes() {
        return bytes;
    }
}
