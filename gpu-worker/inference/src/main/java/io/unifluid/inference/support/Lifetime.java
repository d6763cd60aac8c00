package io.unifluid.inference.support;

import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/** Of a model: any number of threads work with it until one closes it, which waits for them. */
public final class Lifetime {
    /** Read by whoever works, written by whoever closes. */
    private final ReadWriteLock open = new ReentrantReadWriteLock();

    private boolean closed;

    /** @throws IllegalStateException if the model is closed */
    public <R> R whileOpen(Supplier<R> work) {
        open.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("The model is closed.");
            }
            return work.get();
        } finally {
            open.readLock().unlock();
        }
    }

    /** Ends it; what closes the model's parts is called once, when nobody works any more. */
    public void close(Runnable parts) {
        open.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                parts.run();
            }
        } finally {
            open.writeLock().unlock();
        }
    }
}
