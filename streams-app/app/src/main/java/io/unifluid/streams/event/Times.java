package io.unifluid.streams.event;

import java.time.Instant;

/**
 * Instants from outside, brought into the years 1970 to 9999, where no arithmetic on them overflows: what is before is as
 * long past as that, and what is after never comes.
 */
public final class Times {
    static final Instant EARLIEST = Instant.EPOCH;
    static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999Z");

    /** @return null for null */
    public static Instant bounded(Instant told) {
        if (told == null) {
            return null;
        }
        if (told.isBefore(EARLIEST)) {
            return EARLIEST;
        }
        return told.isAfter(LATEST) ? LATEST : told;
    }

    private Times() {}
}
