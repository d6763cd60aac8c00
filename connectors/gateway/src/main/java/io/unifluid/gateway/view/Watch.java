package io.unifluid.gateway.view;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Somebody waits for news of one request. To be closed; {@link #wake} and {@link #end} may come from any thread. */
public final class Watch implements AutoCloseable {
    private final Semaphore news = new Semaphore(0);
    private final Runnable leave;
    private volatile boolean ended;

    Watch(Runnable leave) {
        this.leave = leave;
    }

    /** Returns when something was said since it returned last, or the time is over. */
    public void await(Duration time) throws InterruptedException {
        news.tryAcquire(Math.max(0, time.toMillis()), TimeUnit.MILLISECONDS);
        news.drainPermits();
    }

    public void wake() {
        news.release();
    }

    /** Nobody wants to know any more. */
    public void end() {
        ended = true;
        wake();
    }

    public boolean ended() {
        return ended;
    }

    @Override
    public void close() {
        leave.run();
    }
}
