package io.unifluid.cli;

import io.unifluid.client.ClientSettings;
import io.unifluid.client.Picture;
import io.unifluid.client.PictureRun;
import io.unifluid.client.Request;
import io.unifluid.client.RequestHandle;
import io.unifluid.client.UniFluidClient;
import io.unifluid.client.UnsentException;
import io.unifluid.client.Why;
import io.unifluid.schemas.GeneratedImage;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.time.Duration;
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
    /** Whose requests they are. */
    static final String TENANT = "local";

    private static final String INTERRUPTED = "the command that sent it was interrupted";
    /** Longer than any run takes: whether waiting makes sense is this command's to judge. */
    private static final Duration NO_TIMEOUT = Duration.ofDays(30);

    private static final long LONGEST_WAIT_MINUTES = 10;
    /** For the result of a request that was cancelled. */
    private static final long LAST_RESULT_SECONDS = 10;

    private final Screen screen;
    private final LocalCluster local;
    private final UniFluidClient client;
    private final CompletableFuture<Void> stop;
    private final CompletableFuture<EnvironmentProblem> failure;

    private Session(Screen screen, LocalCluster local, UniFluidClient client) {
        this.screen = screen;
        this.local = local;
        this.client = client;
        this.stop = local.stop();
        this.failure = local.failure();
    }

    /**
     * Says first what the model is for, where somebody watches.
     *
     * @throws EnvironmentProblem when the stack does not come up, or the running one runs another model
     */
    static Session open(StackOptions options, Screen screen) {
        var local = LocalCluster.open(options, screen);
        try {
            // Until there is a client, nothing has been sent, and Control-C may end the process where it stands.
            var client = UniFluidClient.connect(
                    ClientSettings.of(local.cluster()).tenant(TENANT).timeout(NO_TIMEOUT));
            return new Session(screen, local, client);
        } catch (RuntimeException e) {
            local.close();
            throw e;
        }
    }

    /** The PNG bytes of a picture that the model made. */
    byte[] bytes(GeneratedImage made) {
        return client.bytes(made);
    }

    /** @param request of each picture */
    PictureRun run(Function<Picture, Request<?>> request) {
        return new PictureRun(client, request, new PictureRun.Ending(stop, failure, this::uncancelled));
    }

    /**
     * Sends one request and waits for its result; one that is interrupted is cancelled, and has its result of that.
     *
     * @throws EnvironmentProblem when the stack fails meanwhile, or no result comes
     */
    InferenceResult ask(Request<?> request) {
        var handle = client.submit(request);
        var result = handle.result();
        try {
            CompletableFuture.anyOf(result, failure, stop).get(LONGEST_WAIT_MINUTES, TimeUnit.MINUTES);
            if (!result.isDone() && failure.isDone()) {
                throw failure.join();
            }
            if (!result.isDone()) {
                return cancelled(handle);
            }
            return result.join();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof UnsentException unsent
                    ? unsent
                    : new EnvironmentProblem(Why.sentence(e.getCause()), e);
        } catch (TimeoutException e) {
            throw new EnvironmentProblem(
                    "No result has come for " + LONGEST_WAIT_MINUTES + " minutes for the request " + handle.id()
                            + ": see './unifluid status' and the worker's log.",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentProblem("Interrupted while waiting for the result.", e);
        }
    }

    private InferenceResult cancelled(RequestHandle<?> handle)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            handle.cancel(INTERRUPTED).get(LAST_RESULT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            uncancelled(new EnvironmentProblem(Why.sentence(e.getCause()), e));
        }
        try {
            return handle.result().get(LAST_RESULT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new EnvironmentProblem("Stopped; the request " + handle.id() + " was sent and has no result yet.", e);
        }
    }

    private void uncancelled(EnvironmentProblem problem) {
        screen.note("What is on its way could not be cancelled: " + problem.getMessage());
    }

    @Override
    public void close() {
        client.close();
        local.close();
    }
}
