package io.unifluid.inference.image;

import java.util.concurrent.Semaphore;

/** Memory that pictures share while they are decoded: whoever comes when it is given out waits. In units of 64 KiB. */
final class MemoryBudget {
    private static final int UNIT = 1 << 16;

    private final Semaphore units;
    private final int all;

    MemoryBudget(long bytes) {
        this.all = units(bytes);
        this.units = new Semaphore(all, true); // Fair: small pictures do not keep a large one waiting for ever.
    }

    /** Whether so much can be had at all. */
    boolean has(long bytes) {
        return Math.ceilDiv(bytes, UNIT) <= all;
    }

    void take(long bytes) throws InterruptedException {
        units.acquire(units(bytes));
    }

    void giveBack(long bytes) {
        units.release(units(bytes));
    }

    private static int units(long bytes) {
        return (int) Math.min(Integer.MAX_VALUE, Math.ceilDiv(bytes, UNIT));
    }
}
