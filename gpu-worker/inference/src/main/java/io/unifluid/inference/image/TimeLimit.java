package io.unifluid.inference.image;

import java.io.IOException;
import java.time.Duration;

/**
 * The time that one picture has. Whatever works on the picture asks {@link #check} often, at the least for every row
 * and for every few kilobytes of its data, so that a picture ends with its time: nothing goes on behind the caller's
 * back. Another thread may {@link #stop} it.
 */
final class TimeLimit {
    private final long end;
    private volatile boolean stopped;

    private TimeLimit(long end) {
        this.end = end;
    }

    static TimeLimit of(Duration time) {
        return new TimeLimit(System.nanoTime() + time.toNanos());
    }

    void stop() {
        stopped = true;
    }

    boolean over() {
        return stopped || System.nanoTime() - end > 0;
    }

    void check() throws OutOfTime {
        if (over()) {
            throw new OutOfTime();
        }
    }

    /** An IOException, so that it passes through the readers of ImageIO. */
    static final class OutOfTime extends IOException {
        OutOfTime() {
            super("The picture's time is over.");
        }
    }
}
