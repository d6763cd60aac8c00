package io.unifluid.blobs.fetch;

import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** The moment at which a fetch is given up, however many steps it takes. */
final class Deadline {
    private final long nanoTime;

    private Deadline(long nanoTime) {
        this.nanoTime = nanoTime;
    }

    static Deadline in(Duration duration) {
        return new Deadline(System.nanoTime() + duration.toNanos());
    }

    boolean passed() {
        return nanoTime - System.nanoTime() <= 0;
    }

    /**
     * What is left, rounded up to whole milliseconds, as sockets take it: who waits so long finds it {@link #passed}.
     *
     * @throws InterruptedIOException when nothing is left
     */
    int remainingMillis() throws InterruptedIOException {
        long left = nanoTime - System.nanoTime();
        if (left <= 0) {
            throw new SocketTimeoutException("the time limit passed");
        }
        return (int) Math.ceilDiv(left, 1_000_000L);
    }
}
