package io.unifluid.gateway.tenant;

import java.time.Duration;

/**
 * An allowance that fills up steadily: a minute's worth may be taken at once, and comes back over a minute. A value; time
 * comes from outside.
 *
 * @param perMinute what it holds when full, and gains in a minute
 * @param left what may be taken now; below zero when more was taken than there was
 * @param atMillis when that was so
 */
record Bucket(long perMinute, double left, long atMillis) {
    private static final double MINUTE = 60_000;

    static Bucket full(long perMinute, long nowMillis) {
        return new Bucket(perMinute, perMinute, nowMillis);
    }

    Bucket at(long nowMillis) {
        long passed = Math.max(0, nowMillis - atMillis);
        return new Bucket(perMinute, Math.min(perMinute, left + passed * (perMinute / MINUTE)), nowMillis);
    }

    /** Whether so much is there; a request that is larger than the whole waits only for a full one. */
    boolean has(long amount) {
        return left >= Math.min(amount, perMinute);
    }

    Bucket less(long amount) {
        return new Bucket(perMinute, left - amount, atMillis);
    }

    /** Until {@link #has} says yes. */
    Duration until(long amount) {
        double missing = Math.min(amount, perMinute) - left;
        return missing <= 0 ? Duration.ZERO : Duration.ofMillis((long) Math.ceil(missing / (perMinute / MINUTE)));
    }

    long whole() {
        return (long) Math.floor(Math.max(0, left));
    }
}
