package io.unifluid.chaos;

import java.util.Arrays;
import java.util.Optional;

/** When results became visible, in milliseconds of one clock. Safe for many threads. */
final class Throughput {
    private static final long WINDOW = 2_000;
    private static final long STEP = 100;
    private static final long STEADY = 3_000;
    private static final double ENOUGH = 0.9;

    private long[] times = new long[1024];
    private int size;

    /** @param at not before the last one */
    synchronized void add(long at) {
        if (size == times.length) {
            times = Arrays.copyOf(times, 2 * size);
        }
        times[size++] = at;
    }

    synchronized int size() {
        return size;
    }

    /** Results a second. */
    synchronized double rate(long from, long to) {
        return (position(to) - position(from)) * 1000.0 / (to - from);
    }

    /**
     * Milliseconds from a fault until the results of a 2 s window reach 90 % of the rate before it and every window of
     * the next 3 s does too; empty if that has not come about by {@code until}. A fault that nobody noticed took 0.
     *
     * @param before results a second
     */
    synchronized Optional<Long> recovery(long fault, long until, double before) {
        long lastBad = fault - 1;
        boolean bad = false;
        for (long end = fault; end <= until; end += STEP) {
            if (rate(end - WINDOW, end) < ENOUGH * before) {
                lastBad = end;
                bad = true;
            } else if (bad && end - lastBad >= STEADY) {
                return Optional.of(lastBad + STEP - fault);
            }
        }
        return bad || until - fault < STEADY ? Optional.empty() : Optional.of(0L);
    }

    /** The longest time without a result, in milliseconds. */
    synchronized long silence(long from, long to) {
        long longest = 0;
        long last = from;
        for (int i = position(from); i < size && times[i] < to; i++) {
            longest = Math.max(longest, times[i] - last);
            last = times[i];
        }
        return Math.max(longest, to - last);
    }

    /** Of the first result at or after the moment. */
    private int position(long at) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (times[middle] < at) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
