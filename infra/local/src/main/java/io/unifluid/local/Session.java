package io.unifluid.local;

import io.unifluid.blobs.BlobStore;
import io.unifluid.blobs.BlobStores;
import io.unifluid.local.client.InferenceClient;
import io.unifluid.local.client.Pictures;
import io.unifluid.local.stack.EnvironmentProblem;
import io.unifluid.local.stack.LocalStack;
import io.unifluid.local.stack.RunningStack;
import io.unifluid.local.stack.StackLock;
import io.unifluid.local.stack.StackSettings;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import java.io.PrintStream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A client of the stack that runs already, or of one that is started for this session alone and stopped with it, also
 * by Control-C.
 */
final class Session implements AutoCloseable {
    private static final long LONGEST_WAIT_MINUTES = 10;

    private final Optional<LocalStack> own;
    private final Optional<Thread> hook;
    private final BlobStore blobs;
    private final InferenceClient client;
    private final CompletableFuture<EnvironmentProblem> failure;
    private final PrintStream news;

    private Session(
            Optional<LocalStack> own,
            Optional<Thread> hook,
            BlobStore blobs,
            InferenceClient client,
            PrintStream news) {
        this.own = own;
        this.hook = hook;
        this.blobs = blobs;
        this.client = client;
        this.failure = own.map(LocalStack::failure).orElseGet(CompletableFuture::new);
        this.news = news;
    }

    /**
     * @param news steps of the start, for people
     * @throws EnvironmentProblem when the stack does not come up, or the running one runs another model
     */
    static Session open(StackOptions options, PrintStream news) {
        var settings = options.settings();
        var running = StackLock.running(settings.data());
        if (running.isPresent()) {
            requireModel(options, settings, running.get());
            var stack = running.get();
            return new Session(
                    Optional.empty(),
                    Optional.empty(),
                    BlobStores.open(stack.blobs()),
                    new InferenceClient(stack.bootstrapServers(), stack.registryUrl()),
                    news);
        }
        var stack = LocalStack.prepare(settings, line -> news.println("  " + line));
        var hook = new Thread(stack::close, "stop-stack");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            stack.start();
            return new Session(
                    Optional.of(stack),
                    Optional.of(hook),
                    BlobStores.open(settings.blobs().toString()),
                    new InferenceClient(settings.bootstrapServers(), settings.registryUrl()),
                    news);
        } catch (RuntimeException e) {
            stack.close();
            throw e;
        }
    }

    InferenceClient client() {
        return client;
    }

    Pictures pictures() {
        return new Pictures(blobs);
    }

    /** Completes when the session's own stack can no longer serve. */
    CompletableFuture<EnvironmentProblem> failure() {
        return failure;
    }

    /**
     * Sends one request and waits for its result.
     *
     * @throws EnvironmentProblem when the stack fails meanwhile, or no result comes
     */
    InferenceResult ask(InferenceRequest request) {
        var result = client.send(request);
        try {
            CompletableFuture.anyOf(result, failure).get(LONGEST_WAIT_MINUTES, TimeUnit.MINUTES);
            if (!result.isDone()) {
                throw failure.join();
            }
            return result.join();
        } catch (ExecutionException e) {
            throw new IllegalArgumentException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new EnvironmentProblem(
                    "No result has come for " + LONGEST_WAIT_MINUTES
                            + " minutes: see './unifluid status' and the worker's log.",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentProblem("Interrupted while waiting for the result.", e);
        }
    }

    @Override
    public void close() {
        client.close();
        blobs.close();
        own.ifPresent(stack -> {
            news.println("  stopping the stack");
            stack.close();
        });
        hook.ifPresent(thread -> {
            try {
                Runtime.getRuntime().removeShutdownHook(thread);
            } catch (IllegalStateException e) {
                // the hook is running already: Control-C
            }
        });
    }

    private static void requireModel(StackOptions options, StackSettings settings, RunningStack running) {
        if (options.model().isPresent() && !settings.model().equals(running.model())) {
            throw new EnvironmentProblem("The running stack runs " + running.model() + ", not " + settings.model()
                    + ": leave --model away, or stop it with './unifluid down' first.");
        }
    }
}
