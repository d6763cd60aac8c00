package io.unifluid.streams.lifecycle;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * When what is over is forgotten: the store is walked through, a part at a time, again and again, which costs less than an
 * entry for each of a day's requests. A walk begins when something may be due, but leaves some time after the one before, so
 * that a state stays for an eighth of the retention longer at most, where the walk keeps up.
 */
final class Forgetting {
    private static final int WALKS_A_RETENTION = 8;

    /**
     * A part of a walk.
     *
     * @param due keys of states whose time is over
     * @param next where the next part begins; empty when this one was the last
     * @param earliest when the first of those that stay will be over
     */
    record Part(List<String> due, Optional<String> next, Optional<Instant> earliest) {}

    /** Reads a part of the store. */
    interface Walk {
        /** @param from where it begins; empty for the first key */
        Part read(Optional<String> from, int most, Instant now);
    }

    private final Duration between;
    private Optional<Instant> nextWalk = Optional.empty();
    private Optional<Instant> earliest = Optional.empty();
    private Optional<String> from = Optional.empty();
    private boolean walking;

    Forgetting(Duration retention) {
        this.between = retention.dividedBy(WALKS_A_RETENTION);
    }

    /** Something that was stored will be over then. */
    void expect(Instant at) {
        nextWalk = earlier(nextWalk, Optional.of(at));
        earliest = earlier(earliest, Optional.of(at));
    }

    /** Goes on with a walk, or begins one where it is time; @return the keys of what is over */
    List<String> due(Instant now, int most, Walk walk) {
        if (!walking) {
            if (nextWalk.filter(at -> !now.isBefore(at)).isEmpty()) {
                return List.of();
            }
            walking = true;
            from = Optional.empty();
            earliest = Optional.empty();
        }
        var part = walk.read(from, most, now);
        earliest = earlier(earliest, part.earliest());
        from = part.next();
        if (from.isEmpty()) {
            walking = false;
            var soonest = now.plus(between);
            nextWalk = earliest.map(at -> at.isBefore(soonest) ? soonest : at);
        }
        return new ArrayList<>(part.due());
    }

    private static Optional<Instant> earlier(Optional<Instant> one, Optional<Instant> other) {
        if (one.isEmpty() || other.isEmpty()) {
            return one.or(() -> other);
        }
        return one.get().isBefore(other.get()) ? one : other;
    }
}
