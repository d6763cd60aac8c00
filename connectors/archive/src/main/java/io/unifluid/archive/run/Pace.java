package io.unifluid.archive.run;

import java.util.concurrent.TimeUnit;

/** So many a second at most, evenly. Not thread-safe. */
public final class Pace {
    private final long nanosEach;
    private long next = System.nanoTime();

    /** @param perSecond above 0 */
    public Pace(double perSecond) {
        nanosEach = (long) (TimeUnit.SECONDS.toNanos(1) / perSecond);
    }

    /** How long the next one has to wait, in nanoseconds. What was not used is lost after a second. */
    public long taken() {
        long now = System.nanoTime();
        next = Math.max(next, now - TimeUnit.SECONDS.toNanos(1)) + nanosEach;
        return Math.max(0, next - nanosEach - now);
    }
}
