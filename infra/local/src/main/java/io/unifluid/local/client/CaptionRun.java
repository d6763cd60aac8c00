package io.unifluid.local.client;

import io.unifluid.local.stack.EnvironmentProblem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Captions many files at once. Every file that goes in comes out exactly once, with a caption or a problem; at most
 * {@link #IN_FLIGHT} are on their way, so that memory does not grow with the archive.
 */
public final class CaptionRun {
    /** Enough for full batches on every partition, and a few hundred MiB of large pictures at worst. */
    static final int IN_FLIGHT = 1024;

    private static final Duration STALL = Duration.ofMinutes(5);
    private static final Duration LOOK = Duration.ofMillis(500);

    private final InferenceClient client;
    private final Pictures pictures;
    private final CompletableFuture<EnvironmentProblem> stackFailure;

    /** @param stackFailure completes when waiting has become pointless */
    public CaptionRun(InferenceClient client, Pictures pictures, CompletableFuture<EnvironmentProblem> stackFailure) {
        this.client = client;
        this.pictures = pictures;
        this.stackFailure = stackFailure;
    }

    /**
     * @param sink called on this thread, once per file, in order of completion
     * @throws EnvironmentProblem when the stack fails, or nothing comes back for minutes
     */
    public void run(List<Path> files, Consumer<Captioned> sink) {
        var done = new LinkedBlockingQueue<Captioned>();
        var places = new Semaphore(IN_FLIGHT);
        var sender = Thread.ofVirtual().name("sender").start(() -> sendAll(files, done, places));
        try {
            var last = System.nanoTime();
            for (int seen = 0; seen < files.size(); ) {
                var next = done.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                if (next != null) {
                    sink.accept(next);
                    seen++;
                    last = System.nanoTime();
                } else if (stackFailure.isDone()) {
                    throw stackFailure.join();
                } else if (System.nanoTime() - last > STALL.toNanos()) {
                    throw new EnvironmentProblem("No result has come for " + STALL.toMinutes() + " minutes, "
                            + (files.size() - seen) + " of " + files.size()
                            + " are outstanding: see './unifluid status' and the worker's log.");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentProblem("Interrupted while waiting for results.", e);
        } finally {
            sender.interrupt();
        }
    }

    private void sendAll(List<Path> files, BlockingQueue<Captioned> done, Semaphore places) {
        try {
            for (var file : files) {
                places.acquire();
                send(file).thenAccept(captioned -> {
                    places.release();
                    done.add(captioned);
                });
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the reader has given up
        }
    }

    private CompletableFuture<Captioned> send(Path file) {
        try {
            var request = RequestFactory.caption(pictures.read(file));
            var sent = System.nanoTime();
            return client.send(request)
                    .thenApply(result -> Captioned.of(file, result, Duration.ofNanos(System.nanoTime() - sent)))
                    .exceptionally(
                            problem -> Captioned.failed(file, root(problem).getMessage()));
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(Captioned.failed(file, e.getMessage()));
        }
    }

    private static Throwable root(Throwable problem) {
        return problem instanceof java.util.concurrent.CompletionException && problem.getCause() != null
                ? problem.getCause()
                : problem;
    }
}
