package io.unifluid.bench;

import io.unifluid.client.Request;
import io.unifluid.client.UniFluidClient;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ResultStatus;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;

/** Many requests, of which a bounded number is under way; results are counted and not kept. */
final class Load {
    private static final int STALLED_MINUTES = 15;

    private final UniFluidClient client;
    private final Supplier<InferenceRequest> requests;
    private final int outstanding;
    private final Semaphore room;
    private final AtomicInteger finished = new AtomicInteger();
    private final CompletableFuture<Void> failure = new CompletableFuture<>();
    private volatile int sent;

    /** @param outstanding most requests without a result at any time */
    Load(UniFluidClient client, Supplier<InferenceRequest> requests, int outstanding) {
        this.client = client;
        this.requests = requests;
        this.outstanding = outstanding;
        this.room = new Semaphore(outstanding);
    }

    /** Sends so many more, waiting for room where there is none. One thread only. */
    void send(int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            takeRoom(1);
            client.submit(Request.of(requests.get(), SpecificRecord.class))
                    .result()
                    .whenComplete(this::ended);
            sent++;
        }
    }

    /** Waits for the results of all that were sent. */
    void awaitAll() throws InterruptedException {
        takeRoom(outstanding);
        room.release(outstanding);
        failIfAnyFailed();
    }

    /** How many have been sent and have no result. */
    int unfinished() {
        return sent - finished.get();
    }

    int finished() {
        return finished.get();
    }

    int sent() {
        return sent;
    }

    private void takeRoom(int places) throws InterruptedException {
        for (int place = 0; place < places; place++) {
            failIfAnyFailed();
            if (!room.tryAcquire(STALLED_MINUTES, TimeUnit.MINUTES)) {
                throw new IllegalStateException("No result came for " + STALLED_MINUTES + " minutes.");
            }
        }
    }

    private void ended(InferenceResult result, Throwable problem) {
        if (problem != null) {
            failure.completeExceptionally(problem);
        } else if (result.getStatus() != ResultStatus.SUCCEEDED) {
            failure.completeExceptionally(new IllegalStateException("A request did not succeed: " + result.getError()));
        }
        finished.incrementAndGet();
        room.release();
    }

    private void failIfAnyFailed() {
        try {
            failure.getNow(null);
        } catch (CompletionException e) {
            throw new IllegalStateException("The load failed.", e.getCause());
        }
    }
}
