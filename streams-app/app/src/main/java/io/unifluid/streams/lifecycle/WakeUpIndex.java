package io.unifluid.streams.lifecycle;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Which unfinished requests are to be woken when: an index in memory over their states, made anew at start. What has ended is
 * not in it, since there is a day's worth of that: see {@link Forgetting}.
 */
final class WakeUpIndex {
    /**
     * An entry.
     *
     * @param key of the state that is to be woken
     */
    record Due(Instant at, String key) {}

    private final TreeSet<Due> entries =
            new TreeSet<>(Comparator.comparing(Due::at).thenComparing(Due::key));

    /** Replaces a request's entry; empty means that there is none. */
    void move(Optional<Due> from, Optional<Due> to) {
        if (!from.equals(to)) {
            from.ifPresent(entries::remove);
            to.ifPresent(entries::add);
        }
    }

    /** Takes out entries at or before {@code now}, earliest first. */
    List<Due> takeDue(Instant now, int most) {
        var due = new ArrayList<Due>();
        while (due.size() < most && !entries.isEmpty() && !entries.first().at().isAfter(now)) {
            due.add(entries.pollFirst());
        }
        return due;
    }
}
