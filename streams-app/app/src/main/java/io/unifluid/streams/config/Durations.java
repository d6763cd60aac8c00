package io.unifluid.streams.config;

import java.time.Duration;

/** Durations in messages. */
public final class Durations {
    /** For people, in the largest unit that leaves a number of two digits or so. */
    public static String rough(Duration duration) {
        if (duration.toHours() >= 72) {
            return duration.toDays() + " days";
        }
        if (duration.toMinutes() >= 120) {
            return duration.toHours() + " hours";
        }
        return duration.toSeconds() >= 120 ? duration.toMinutes() + " minutes" : duration.toSeconds() + " seconds";
    }

    private Durations() {}
}
