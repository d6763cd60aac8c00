package io.unifluid.client;

import io.unifluid.schemas.access.EnvironmentProblem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Sends one request for each of many files. At most {@link #IN_FLIGHT} are on their way, so that memory does not grow
 * with the archive. A file that was begun comes out exactly once, however the run ends: what is on its way when it ends
 * early is cancelled, and what has no result soon afterwards comes out as unanswered. For one run only.
 */
public final class PictureRun {
    /** Enough for full batches on every partition, and a few hundred MiB of large pictures at worst. */
    static final int IN_FLIGHT = 1024;

    private static final String INTERRUPTED = "the command that sent it was interrupted";
    private static final Duration STALL = Duration.ofMinutes(5);
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration CANCEL = Duration.ofSeconds(20);
    /** A cancelled request has its result after a transaction or two. */
    private static final Duration LAST_RESULTS = Duration.ofSeconds(10);

    /**
     * What ends a run early.
     *
     * @param stop completes when the user wants no more
     * @param failure completes when waiting has become pointless
     * @param uncancelled is told why what is on its way could not be cancelled
     */
    public record Ending(
            CompletableFuture<?> stop,
            CompletableFuture<EnvironmentProblem> failure,
            Consumer<EnvironmentProblem> uncancelled) {}

    private final UniFluidClient client;
    private final Function<Picture, Request<?>> request;
    private final Ending ending;
    private final Map<Integer, RequestHandle<?>> sent = new ConcurrentHashMap<>();
    /** By the file's number, what is to be said of it if nothing more comes. */
    private final Map<Integer, Answered> open = new ConcurrentHashMap<>();

    private final BlockingQueue<Answered> done = new LinkedBlockingQueue<>();
    private final Semaphore places = new Semaphore(IN_FLIGHT);
    private volatile boolean closing;

    /** @param request of each picture */
    public PictureRun(UniFluidClient client, Function<Picture, Request<?>> request, Ending ending) {
        this.client = client;
        this.request = request;
        this.ending = ending;
    }

    /**
     * @param sink called on this thread, once per file that was begun, in order of completion
     * @return false when the user stopped it
     * @throws EnvironmentProblem when the stack fails, or nothing comes back for minutes
     */
    public boolean run(List<Path> files, Consumer<Answered> sink) {
        var sender = Thread.ofVirtual().name("sender").start(() -> sendAll(files));
        boolean complete = false;
        try {
            complete = receive(files.size(), sink);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentProblem("Interrupted while waiting for results.", e);
        } finally {
            if (!complete) {
                endEarly(sender, sink);
            }
        }
        return complete;
    }

    private boolean receive(int count, Consumer<Answered> sink) throws InterruptedException {
        var last = System.nanoTime();
        for (int seen = 0; seen < count; ) {
            var next = done.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            if (next != null) {
                sink.accept(next);
                seen++;
                last = System.nanoTime();
            }
            if (ending.stop().isDone() && seen < count) {
                return false;
            }
            if (next == null && ending.failure().isDone()) {
                throw ending.failure().join();
            }
            if (System.nanoTime() - last > STALL.toNanos()) {
                throw new EnvironmentProblem("No result has come for " + STALL.toMinutes() + " minutes, "
                        + (count - seen) + " of " + count
                        + " are outstanding: see './unifluid status' and the worker's log.");
            }
        }
        return true;
    }

    private void endEarly(Thread sender, Consumer<Answered> sink) {
        closing = true;
        places.release();
        try {
            sender.join(LAST_RESULTS);
            if (!sent.isEmpty() && !ending.failure().isDone() && cancelled()) {
                var end = System.nanoTime() + LAST_RESULTS.toNanos();
                while (!open.isEmpty() && System.nanoTime() < end) {
                    Optional.ofNullable(done.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS))
                            .ifPresent(sink);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        open.keySet().forEach(number -> finish(number, open.get(number)));
        for (var next = done.poll(); next != null; next = done.poll()) {
            sink.accept(next);
        }
    }

    private boolean cancelled() throws InterruptedException {
        try {
            CompletableFuture.allOf(sent.values().stream()
                            .map(handle -> handle.cancel(INTERRUPTED))
                            .toArray(CompletableFuture[]::new))
                    .get(CANCEL.toSeconds(), TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException e) {
            ending.uncancelled()
                    .accept(
                            e.getCause() instanceof EnvironmentProblem problem
                                    ? problem
                                    : new EnvironmentProblem(Why.sentence(e.getCause()), e));
        } catch (TimeoutException e) {
            ending.uncancelled()
                    .accept(new EnvironmentProblem("Kafka did not take it within " + CANCEL.toSeconds() + " s.", e));
        }
        return false;
    }

    private void sendAll(List<Path> files) {
        try {
            for (int number = 0; number < files.size(); number++) {
                places.acquire();
                if (closing) {
                    return;
                }
                send(number, files.get(number));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody does that to it
        }
    }

    private void send(int number, Path file) {
        open.put(number, Answered.unsent(file, new Failure(Failure.NOT_TAKEN, "It was not sent before this ended.")));
        try {
            var begun = System.nanoTime();
            var handle = client.submit(request.apply(Picture.of(file)));
            sent.put(number, handle);
            var unanswered =
                    Answered.unanswered(file, handle.id(), "It was sent, and no result had come when this ended.");
            if (open.replace(number, unanswered) == null) {
                handle.cancel(INTERRUPTED); // the run has ended meanwhile
            }
            handle.result()
                    .thenApply(result -> Answered.of(file, result, Duration.ofNanos(System.nanoTime() - begun)))
                    .exceptionally(problem -> lost(file, handle.id(), problem))
                    .thenAccept(answered -> finish(number, answered));
        } catch (RuntimeException e) {
            finish(number, Answered.unsent(file, new Failure(Failure.NOT_TAKEN, Why.sentence(e))));
        }
    }

    /** Whoever comes first. */
    private void finish(int number, Answered answered) {
        if (open.remove(number) != null) {
            sent.remove(number);
            done.add(answered);
            places.release();
        }
    }

    private static Answered lost(Path file, String id, Throwable problem) {
        var cause = problem instanceof CompletionException && problem.getCause() != null ? problem.getCause() : problem;
        return cause instanceof UnsentException unsent
                ? Answered.unsent(file, unsent.failure())
                : Answered.unanswered(file, id, Why.sentence(cause));
    }
}
