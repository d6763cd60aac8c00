package io.unifluid.stack;

import java.time.Duration;
import java.util.Optional;

/**
 * When a process that has ended is started again: at once the first time, later and later while it ends before it has
 * served, and not any more after {@link #MOST} such starts in a row. To have served once wipes the slate clean.
 *
 * @param failed starts in a row, the last ones, that ended before they served
 */
record Restarts(int failed) {
    /** After a process that has served. */
    static final Restarts NONE = new Restarts(0);

    /** Starts in a row that may end before they serve. */
    static final int MOST = 5;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    /** So that no process is missing for 2 s before it is started. */
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(1500);

    /** One more start that ended before it served. */
    Restarts failedAgain() {
        return new Restarts(failed + 1);
    }

    /** How long to wait before the next start; empty when there is no point in another one. */
    Optional<Duration> pause() {
        if (failed >= MOST) {
            return Optional.empty();
        }
        if (failed == 0) {
            return Optional.of(Duration.ZERO);
        }
        var doubled = FIRST_PAUSE.multipliedBy(1L << (failed - 1));
        return Optional.of(doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE);
    }
}
