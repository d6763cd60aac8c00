package io.unifluid.client;

import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.RequestStatus;
import io.unifluid.schemas.ResultStatus;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.apache.avro.specific.SpecificRecord;

/**
 * One request under way. Safe from any thread. What is done when a future completes runs on a thread of its own and may
 * wait.
 *
 * @param <T> of its output
 */
public final class RequestHandle<T extends SpecificRecord> {
    private final UniFluidClient client;
    private final String id;
    private final String tenant;
    private final Class<T> outputType;
    private final Instant begun;
    private final CompletableFuture<InferenceResult> result = new CompletableFuture<>();
    private final CompletableFuture<Void> taken = new CompletableFuture<>();

    RequestHandle(UniFluidClient client, String id, String tenant, Class<T> outputType, Instant begun) {
        this.client = client;
        this.id = id;
        this.tenant = tenant;
        this.outputType = outputType;
        this.begun = begun;
    }

    /** By which the result can be taken up again, by any process. */
    public String id() {
        return id;
    }

    public String tenant() {
        return tenant;
    }

    /**
     * The output, or a {@link RequestException}: {@link UnsentException}, {@link UnansweredException} or
     * {@link UnsuccessfulException}. To cancel this future is to wait no more; {@link #cancel} ends the request.
     */
    public CompletableFuture<T> output() {
        return result.thenApply(this::succeeded);
    }

    /** The one terminal result whatever its status; {@link UnsentException} or {@link UnansweredException} without. */
    public CompletableFuture<InferenceResult> result() {
        return result.copy();
    }

    /** Completes when the broker has the request, or with an {@link UnsentException}; at once for one that was taken up. */
    public CompletableFuture<Void> taken() {
        return taken.copy();
    }

    /**
     * How the request goes on, from its beginning to its end: the last status is terminal. Each subscriber gets all of
     * them; one that asks for too few for too long gets an error.
     */
    public Flow.Publisher<RequestStatus> status() {
        return client.status(this);
    }

    /**
     * Asks for it to be cancelled. Its result then says CANCELLED, unless it ended before.
     *
     * @return completes when the broker has the wish, or with an exception of one sentence
     */
    public CompletableFuture<Void> cancel() {
        return cancel("");
    }

    /** @param reason for the result; may be empty */
    public CompletableFuture<Void> cancel(String reason) {
        return client.cancel(id, tenant, reason);
    }

    Instant begun() {
        return begun;
    }

    /** The future itself, for the client alone. */
    CompletableFuture<InferenceResult> future() {
        return result;
    }

    /** Likewise. */
    CompletableFuture<Void> sent() {
        return taken;
    }

    private T succeeded(InferenceResult ended) {
        if (ended.getStatus() != ResultStatus.SUCCEEDED || ended.getOutput() == null) {
            throw new UnsuccessfulException(ended);
        }
        if (!outputType.isInstance(ended.getOutput())) {
            throw UnsuccessfulException.ofAnotherKind(ended);
        }
        return outputType.cast(ended.getOutput());
    }

    @Override
    public String toString() {
        return "RequestHandle[" + id + "]";
    }
}
