package io.unifluid.inference.image;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;

/**
 * The processor time that one picture has: decoding waits for nothing else, and a machine that is busy with other work
 * does not make a picture a bad one. Whatever works on the picture asks {@link #check} often, at the least for every row
 * and for every few kilobytes of its data, so that a picture ends with its time: nothing goes on behind the caller's
 * back. Another thread may {@link #stop} it.
 */
final class TimeLimit {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final boolean COUNTED = THREADS.isCurrentThreadCpuTimeSupported();

    private final long nanos;
    private long began;
    private long beganWorking;
    private volatile boolean over;

    TimeLimit(Duration time) {
        this.nanos = time.toNanos();
    }

    /** By the thread that works on the picture, before all else. */
    void begin() {
        began = System.nanoTime();
        beganWorking = worked();
    }

    void stop() {
        over = true;
    }

    boolean over() {
        return over;
    }

    void check() throws OutOfTime {
        // The clock first: it is cheaper, and nobody has worked for longer than it says.
        if (!over && System.nanoTime() - began > nanos) {
            over = worked() - beganWorking > nanos;
        }
        if (over) {
            throw new OutOfTime();
        }
    }

    private static long worked() {
        return COUNTED ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
    }

    /** An IOException, so that it passes through the readers of ImageIO. */
    static final class OutOfTime extends IOException {
        OutOfTime() {
            super("The picture's time is over.");
        }
    }
}
