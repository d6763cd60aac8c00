package io.unifluid.worker.sharegroup;

import io.unifluid.worker.config.Lane;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Decides when a lane may be polled. A lane has room while fewer than the limit of its batches wait for the device, and
 * bulk lanes only while no interactive batch waits. Safe for many threads.
 */
public final class PollGate {
    private final int limit;
    private final int[] waiting = new int[io.unifluid.schemas.Topics.LANES.size()];
    private int interactive;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** @param limit batches of one lane that may wait for the device */
    public PollGate(int limit) {
        this.limit = limit;
    }

    /** A batch was polled and now waits for the device. */
    void entered(Lane lane) {
        change(lane, 1);
    }

    /** A batch waits no more: the device took it, or it ended without the device. */
    void left(Lane lane) {
        change(lane, -1);
    }

    boolean open(Lane lane) {
        lock.lock();
        try {
            return waiting[lane.rank()] < limit && (lane.interactive() || interactive == 0);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there is room, or until the time is over. */
    boolean await(Lane lane, Duration atMost) throws InterruptedException {
        long left = atMost.toNanos();
        lock.lockInterruptibly();
        try {
            while (!open(lane)) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void change(Lane lane, int by) {
        lock.lock();
        try {
            waiting[lane.rank()] += by;
            if (lane.interactive()) {
                interactive += by;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
