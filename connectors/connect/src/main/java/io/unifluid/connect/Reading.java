package io.unifluid.connect;

import io.unifluid.archive.Content;
import io.unifluid.archive.Item;
import io.unifluid.archive.LeftOut;
import io.unifluid.archive.run.Prepared;
import io.unifluid.blobs.fetch.ClaimCheck;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reads a task's shares ahead, on a thread of its own until it is closed: so that the task itself never waits for an archive
 * for longer than it wants to. In memory are 16 pictures and 32 MiB of them at most, or one that is larger.
 */
final class Reading implements AutoCloseable {
    private static final int AHEAD = 16;
    private static final int AHEAD_KIB = 32 << 10;
    private static final long UNKNOWN_SIZE = 2 << 20;
    private static final long STOP_MS = 5_000;

    /** What comes next. */
    sealed interface Next {
        /** An item, read. */
        record Found(Place place, Prepared prepared) implements Next {}

        /** There is nothing more. */
        record End() implements Next {}

        /** It cannot go on. */
        record Broken(RuntimeException problem) implements Next {}
    }

    /** An item that is being read, or the end. */
    private record Ahead(Place place, FutureTask<Prepared> prepared, int kib, Next last) {}

    private final List<Share> shares;
    private final ClaimCheck claims;
    private final LeftOut leftOut;
    private final BlockingQueue<Ahead> queue = new ArrayBlockingQueue<>(AHEAD);
    private final Semaphore room = new Semaphore(AHEAD_KIB);
    private final Thread thread;
    private Ahead head;
    private volatile boolean closed;

    /** @param shares not to be changed by others while it reads, but for where they stand */
    Reading(List<Share> shares, ClaimCheck claims, LeftOut leftOut) {
        this.shares = List.copyOf(shares);
        this.claims = claims;
        this.leftOut = leftOut;
        this.thread = Thread.ofPlatform().daemon().name("image-archive").start(this::read);
    }

    /** Null where it is not there within this time. One thread only. */
    Next next(long millis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        if (head == null) {
            head = queue.poll(millis, TimeUnit.MILLISECONDS);
            if (head == null) {
                return null;
            }
        }
        Next next;
        if (head.last() != null) {
            next = head.last();
        } else {
            try {
                next = new Next.Found(
                        head.place(), head.prepared().get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS));
            } catch (TimeoutException e) {
                return null;
            } catch (CancellationException e) {
                return null;
            } catch (ExecutionException e) {
                next = new Next.Broken(
                        e.getCause() instanceof RuntimeException problem
                                ? problem
                                : new IllegalStateException(e.getCause()));
            }
        }
        room.release(head.kib());
        head = null;
        return next;
    }

    private void read() {
        try {
            try {
                for (var share : shares) {
                    read(share);
                }
                queue.put(new Ahead(null, null, 0, new Next.End()));
            } catch (RuntimeException e) {
                queue.put(new Ahead(null, null, 0, new Next.Broken(e)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    private void read(Share share) throws InterruptedException {
        Deque<FutureTask<Prepared>> underWay = new ArrayDeque<>();
        try (var items = share.open(leftOut)) {
            for (var item = items.next(); item != null && !closed; item = items.next()) {
                if (share.wants(item)) {
                    underWay.add(take(share, item));
                    while (!underWay.isEmpty() && underWay.peek().isDone()) {
                        underWay.remove();
                    }
                }
            }
            for (var task : underWay) { // they read by what is closed after them
                finish(task);
            }
        } finally {
            underWay.forEach(task -> task.cancel(true));
        }
    }

    private FutureTask<Prepared> take(Share share, Item item) throws InterruptedException {
        int kib = (int) Math.min(AHEAD_KIB, 1 + (item.size().orElse(UNKNOWN_SIZE) >> 10));
        room.acquire(kib);
        var prepared = new FutureTask<>(() -> Prepared.of(item, claims, _ -> Optional.empty(), () -> closed));
        if (item.content() instanceof Content.Bytes(var _, boolean lasting) && lasting) {
            Thread.ofVirtual().name("fetch").start(prepared);
        } else {
            prepared.run();
        }
        queue.put(new Ahead(share.place(item), prepared, kib, null));
        return prepared;
    }

    private static void finish(FutureTask<Prepared> task) throws InterruptedException {
        try {
            task.get();
        } catch (ExecutionException | CancellationException e) {
            // whoever takes the item is told
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(STOP_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
