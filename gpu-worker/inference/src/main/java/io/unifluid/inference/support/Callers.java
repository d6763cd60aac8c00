package io.unifluid.inference.support;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * The places of a device that takes several runs at once. Whoever has work waits for one place; where others are free and
 * nobody waits for them, the work may be spread over these too. Safe for many threads; the owner closes it when nobody
 * runs any more.
 */
public final class Callers implements AutoCloseable {
    private final int count;
    private final Semaphore places;
    private final ExecutorService others;

    public Callers(int count) {
        this.count = count;
        this.places = new Semaphore(count, true);
        this.others = Executors.newFixedThreadPool(
                Math.max(1, count - 1),
                Thread.ofPlatform().daemon().name("caller-", 1).factory());
    }

    public int count() {
        return count;
    }

    /**
     * Does work, spread over the places that are free.
     *
     * @param split the work in at least one and at most so many shares, which may be done at once
     * @param run does one share
     * @return what came of each share, in the order of {@code split}; what one of them throws is thrown when all have ended
     */
    public <S, R> List<R> run(IntFunction<List<S>> split, Function<S, R> run) {
        places.acquireUninterruptibly();
        int taken = 1;
        List<CompletableFuture<R>> beside = new ArrayList<>();
        List<S> shares;
        try {
            while (taken < count && !places.hasQueuedThreads() && places.tryAcquire()) {
                taken++;
            }
            shares = split.apply(taken);
            places.release(taken - shares.size());
            taken = shares.size();
            for (S share : shares.subList(1, shares.size())) {
                beside.add(CompletableFuture.supplyAsync(() -> placed(share, run), others));
                taken--;
            }
        } catch (RuntimeException | Error e) {
            places.release(taken);
            throw e;
        }
        CompletableFuture<R> own = new CompletableFuture<>();
        try {
            own.complete(placed(shares.getFirst(), run));
        } catch (RuntimeException | Error e) {
            own.completeExceptionally(e);
        }
        beside.addFirst(own);
        beside.forEach(share -> share.handle((_, _) -> null).join());
        return beside.stream().map(Callers::result).toList();
    }

    private <S, R> R placed(S share, Function<S, R> run) {
        try {
            return run.apply(share);
        } finally {
            places.release();
        }
    }

    private static <R> R result(CompletableFuture<R> share) {
        try {
            return share.join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case RuntimeException thrown -> throw thrown;
                case Error thrown -> throw thrown;
                case null, default -> throw e;
            }
        }
    }

    @Override
    public void close() {
        others.shutdown();
    }
}
