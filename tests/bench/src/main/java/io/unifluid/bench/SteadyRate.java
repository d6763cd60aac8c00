package io.unifluid.bench;

import io.unifluid.client.Request;
import io.unifluid.client.UniFluidClient;
import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ResultStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Sends a request at every beat, whether the one before has ended or not, and measures from the beat. */
final class SteadyRate {
    private static final int PER_SECOND = 10;

    private final UniFluidClient client;
    private final PictureRequests requests;

    SteadyRate(UniFluidClient client, PictureRequests requests) {
        this.client = client;
        this.requests = requests;
    }

    /** @param goesOn asked before each request; false ends it early */
    Latencies send(Duration atMost, BooleanSupplier goesOn) throws Exception {
        var pending = new ArrayList<CompletableFuture<Latencies.Sample>>();
        long between = TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
        long beats = atMost.toNanos() / between;
        long start = System.nanoTime();
        for (long beat = 0; beat < beats && goesOn.getAsBoolean(); beat++) {
            long due = start + beat * between;
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            pending.add(client.submit(Request.of(requests.next(), CaptionOutput.class))
                    .result()
                    .thenApply(result -> sample(result, due)));
        }
        var samples = new ArrayList<Latencies.Sample>();
        for (var sample : pending) {
            samples.add(sample.get(15, TimeUnit.MINUTES));
        }
        return new Latencies(samples);
    }

    private static Latencies.Sample sample(InferenceResult result, long due) {
        double total = (System.nanoTime() - due) / 1e6;
        if (result.getStatus() != ResultStatus.SUCCEEDED) {
            throw new IllegalStateException("A request did not succeed: " + result.getError());
        }
        var timings = result.getTimings();
        return new Latencies.Sample(total, timings.getQueued() + timings.getBatchWait() + timings.getLaneWait());
    }
}
