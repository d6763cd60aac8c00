package io.unifluid.cli;

import io.unifluid.blobs.BlobStore;
import io.unifluid.blobs.BlobStores;
import io.unifluid.client.Cancels;
import io.unifluid.client.Cluster;
import io.unifluid.client.InferenceClient;
import io.unifluid.client.PictureRun;
import io.unifluid.client.Pictures;
import io.unifluid.client.RequestFactory;
import io.unifluid.client.UnsentException;
import io.unifluid.client.Why;
import io.unifluid.inference.BundleException;
import io.unifluid.inference.families.Models;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.stack.LocalStack;
import io.unifluid.stack.RunningStack;
import io.unifluid.stack.StackLock;
import io.unifluid.stack.StackSettings;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * A client of the stack that runs already, or of one that is started for this session alone and stopped with it. On
 * Control-C what is on its way is cancelled, in either.
 */
final class Session implements AutoCloseable {
    private static final long LONGEST_WAIT_MINUTES = 10;
    /** For the result of a request that was cancelled. */
    private static final long LAST_RESULT_SECONDS = 10;

    private final Screen screen;
    private final Cluster cluster;
    private final Optional<LocalStack> own;
    private final BlobStore blobs;
    private final InferenceClient client;
    private final CompletableFuture<Void> stop;
    private final CompletableFuture<EnvironmentProblem> failure;

    private Session(
            Screen screen,
            Cluster cluster,
            String blobs,
            InferenceClient client,
            Optional<LocalStack> own,
            CompletableFuture<Void> stop) {
        this.screen = screen;
        this.cluster = cluster;
        this.blobs = BlobStores.open(blobs);
        this.client = client;
        this.own = own;
        this.stop = stop;
        this.failure = own.map(LocalStack::failure).orElseGet(CompletableFuture::new);
    }

    /**
     * Says first what the model is for, where somebody watches.
     *
     * @throws EnvironmentProblem when the stack does not come up, or the running one runs another model
     */
    static Session open(StackOptions options, Screen screen) {
        var settings = options.settings();
        var running = StackLock.running(settings.data());
        running.ifPresent(stack -> requireModel(options, settings, stack));
        if (screen.terminal()) {
            purpose(running.map(RunningStack::model).orElse(settings.model())).ifPresent(screen::note);
        }
        return running.isPresent() ? joined(screen, running.get()) : started(screen, settings);
    }

    /** Until there is a client, nothing has been sent, and Control-C may end the process where it stands. */
    private static Session joined(Screen screen, RunningStack stack) {
        var cluster = Cluster.of(stack.bootstrapServers(), stack.registryUrl());
        var client = new InferenceClient(cluster.bootstrapServers(), cluster.registryUrl());
        var stop = Interruption.ofThisProcess().listen();
        return new Session(screen, cluster, stack.blobs(), client, Optional.empty(), stop);
    }

    private static Session started(Screen screen, StackSettings settings) {
        var stack = LocalStack.prepare(settings, line -> screen.note("  " + line));
        var stop = Interruption.ofThisProcess().listen();
        var whileStarting = stop.thenRun(stack::close);
        try {
            stack.start();
            whileStarting.cancel(false);
            var cluster = Cluster.of(settings.bootstrapServers(), settings.registryUrl());
            var client = new InferenceClient(cluster.bootstrapServers(), cluster.registryUrl());
            return new Session(screen, cluster, settings.blobs().toString(), client, Optional.of(stack), stop);
        } catch (RuntimeException e) {
            stack.close();
            Interruption.ofThisProcess().ignore();
            throw e;
        }
    }

    /** Of a bundle that can be read and says so. */
    private static Optional<String> purpose(String model) {
        try {
            return Models.card(model).purpose();
        } catch (BundleException e) {
            return Optional.empty(); // said by whoever starts it
        }
    }

    Cluster cluster() {
        return cluster;
    }

    BlobStore blobs() {
        return blobs;
    }

    /** Completes when the user wants no more. */
    CompletableFuture<Void> stop() {
        return stop;
    }

    /** Completes when the stack of this session has failed. */
    CompletableFuture<EnvironmentProblem> failure() {
        return failure;
    }

    Pictures pictures() {
        return new Pictures(blobs);
    }

    /** @param request of each picture */
    PictureRun run(Function<ImageRef, InferenceRequest> request) {
        return new PictureRun(client, pictures(), request, new PictureRun.Ending(stop, failure, this::cancel));
    }

    /**
     * Sends one request and waits for its result; one that is interrupted is cancelled, and has its result of that.
     *
     * @throws EnvironmentProblem when the stack fails meanwhile, or no result comes
     */
    InferenceResult ask(InferenceRequest request) {
        var result = client.send(request);
        try {
            CompletableFuture.anyOf(result, failure, stop).get(LONGEST_WAIT_MINUTES, TimeUnit.MINUTES);
            if (!result.isDone() && failure.isDone()) {
                throw failure.join();
            }
            if (!result.isDone()) {
                return cancelled(request, result);
            }
            return result.join();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof UnsentException unsent
                    ? unsent
                    : new EnvironmentProblem(Why.sentence(e.getCause()), e);
        } catch (TimeoutException e) {
            throw new EnvironmentProblem(
                    "No result has come for " + LONGEST_WAIT_MINUTES + " minutes for the request "
                            + request.getRequestId() + ": see './unifluid status' and the worker's log.",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentProblem("Interrupted while waiting for the result.", e);
        }
    }

    private InferenceResult cancelled(InferenceRequest request, CompletableFuture<InferenceResult> result)
            throws InterruptedException, ExecutionException, TimeoutException {
        cancel(List.of(request.getRequestId()));
        try {
            return result.get(LAST_RESULT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new EnvironmentProblem(
                    "Stopped; the request " + request.getRequestId() + " was sent and has no result yet.", e);
        }
    }

    private boolean cancel(Collection<String> requestIds) {
        try (var cancels = new Cancels(cluster)) {
            cancels.send(requestIds, RequestFactory.TENANT, "the command that sent it was interrupted");
            return true;
        } catch (EnvironmentProblem e) {
            screen.note("What is on its way could not be cancelled: " + e.getMessage());
            return false;
        }
    }

    @Override
    public void close() {
        client.close();
        blobs.close();
        own.ifPresent(stack -> {
            screen.note("  stopping the stack");
            stack.close();
        });
        Interruption.ofThisProcess().ignore();
    }

    private static void requireModel(StackOptions options, StackSettings settings, RunningStack running) {
        if (options.model().isPresent() && !settings.model().equals(running.model())) {
            throw new EnvironmentProblem("The running stack runs " + running.model() + ", not " + settings.model()
                    + ": leave --model away, or stop it with './unifluid down' first.");
        }
    }
}
