package io.unifluid.streams.deadletter;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Records that a stream thread died with. Once may be chance, and the thread that follows tries again; a record that fails
 * twice is not tried a third time. Kept in memory: after a restart of the app it gets two more tries. Thread-safe.
 */
public final class SetAside {
    /** Where a record lies. */
    public record Place(String topic, int partition, long offset) {}

    private record Failed(int times, String how) {}

    private static final int TRIES = 2;
    private static final int MOST = 1_000;

    private final Map<Place, Failed> failed = new LinkedHashMap<>();

    /** @param how one sentence */
    synchronized void failed(Place place, String how) {
        failed.merge(place, new Failed(1, how), (before, now) -> new Failed(before.times() + 1, now.how()));
        if (failed.size() > MOST) {
            failed.remove(failed.keySet().iterator().next());
        }
    }

    /** Why the record is not to be tried again, in one sentence; empty when it is. */
    public synchronized Optional<String> reason(Place place) {
        return Optional.ofNullable(failed.get(place))
                .filter(known -> known.times() >= TRIES)
                .map(known -> "A stream thread died with it " + known.times() + " times: " + known.how());
    }
}
