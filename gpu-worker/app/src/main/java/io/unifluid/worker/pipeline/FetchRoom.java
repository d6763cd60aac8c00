package io.unifluid.worker.pipeline;

import io.unifluid.blobs.fetch.ImageLocation;
import java.util.concurrent.Semaphore;

/**
 * Room for encoded pictures on their way from where they lie to the decoder: so many at once, and so much memory. How
 * large a picture is shows only when it is there, so that it is given as much as a picture may have, and what it did not
 * need is given back. Inline pictures are in memory with their batch and take none.
 */
public final class FetchRoom {
    private static final long UNIT = 1 << 10;

    private final Semaphore pictures;
    private final Semaphore units;
    private final int most;

    /**
     * @param pictures that are fetched or decoded at once
     * @param memory bytes that those which are fetched may take together
     * @param mostBytes of one picture; one is let in even where this is more than {@code memory}
     */
    public FetchRoom(int pictures, long memory, long mostBytes) {
        int all = units(Math.max(memory, UNIT));
        this.pictures = new Semaphore(pictures);
        this.units = new Semaphore(all, true);
        this.most = Math.min(all, units(mostBytes));
    }

    private static int units(long bytes) {
        return (int) Math.min(Integer.MAX_VALUE, Math.ceilDiv(bytes, UNIT));
    }

    /** Waits until there is room; the place is closed when the picture's bytes are needed no longer. */
    Place enter(ImageLocation location) throws InterruptedException {
        pictures.acquire();
        try {
            int taken = location.inline().isPresent() ? 0 : most;
            units.acquire(taken);
            return new Place(taken);
        } catch (InterruptedException e) {
            pictures.release();
            throw e;
        }
    }

    /** One picture's room; used by one thread. */
    final class Place implements AutoCloseable {
        private int taken;

        private Place(int taken) {
            this.taken = taken;
        }

        /** The picture is there and has so many bytes. */
        void landed(int bytes) {
            int rest = Math.max(0, taken - units(bytes));
            taken -= rest;
            units.release(rest);
        }

        @Override
        public void close() {
            units.release(taken);
            taken = 0;
            pictures.release();
        }
    }
}
