package io.unifluid.bench;

import io.unifluid.client.Request;
import io.unifluid.client.UniFluidClient;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.stack.LocalStack;
import io.unifluid.stack.StackSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The whole path: requests over a real broker and registry to results, everything on this machine. */
final class PathBench {
    /**
     * Until all that is run often is compiled to machine code, in four JVMs on two cores: after half a minute the compilers still took
     * a third of both.
     */
    private static final Duration WARM_UP = Duration.ofSeconds(90);
    /** At once, while it warms up. */
    private static final int WARM_UP_REQUESTS = 2_000;

    private static final int CAPTIONS = 6_000;
    private static final int NO_OPS = 60_000;

    private PathBench() {}

    /**
     * @param perSecond results a second, from the first request sent to the last result seen
     * @param meanBatch items in the batch of the mean request
     * @param upSeconds from nothing running to ready, with warm caches
     * @param residentMiB all child processes of the stack together, after the load
     * @param processorMillis of all processes of the stack, a request
     * @param deviceBusy of the time that the worker's callers had, the share in which they ran batches
     */
    record Measured(
            double perSecond,
            double meanBatch,
            double upSeconds,
            double residentMiB,
            double processorMillis,
            double deviceBusy) {}

    static Measured captions(Path checkout, SamplePictures pictures) throws Exception {
        return captions(checkout, pictures, CAPTIONS);
    }

    static Measured captions(Path checkout, SamplePictures pictures, int requests) throws Exception {
        return measure(checkout, Optional.empty(), pictures, Asked.CAPTION, WARM_UP_REQUESTS, requests);
    }

    static Measured noOp(Path checkout, SamplePictures pictures) throws Exception {
        return measure(checkout, Optional.of(StackSettings.NOOP), pictures, Asked.CAPTION, WARM_UP_REQUESTS, NO_OPS);
    }

    /** @param model as the command line takes it; empty for the reference model */
    static Measured measure(
            Path checkout,
            Optional<String> model,
            SamplePictures pictures,
            Asked asked,
            int warmUpRequests,
            int requests)
            throws Exception {
        var settings = StackSettings.from(checkout, environment(checkout, ""), model);
        upAndDown(settings);
        long start = System.nanoTime();
        try (var stack = LocalStack.prepare(settings, line -> {})) {
            stack.start();
            double upSeconds = (System.nanoTime() - start) / 1e9;
            try (var client = FreshStack.client(settings)) {
                warmUp(() -> send(client, pictures, asked, warmUpRequests));
                var before = ProcessorTime.now();
                double busyBefore = WorkerMeters.of(settings).value("unifluid_worker_device_busy_seconds_total");
                long first = System.nanoTime();
                var results = send(client, pictures, asked, requests);
                double seconds = (System.nanoTime() - first) / 1e9;
                var after = ProcessorTime.now();
                System.out.println("processor milliseconds per request: " + after.since(before, requests));
                double meanBatch = results.stream()
                        .mapToInt(result -> result.getBatch().getSize())
                        .average()
                        .orElseThrow();
                var meters = WorkerMeters.of(settings);
                double busy = meters.value("unifluid_worker_device_busy_seconds_total") - busyBefore;
                return new Measured(
                        results.size() / seconds,
                        meanBatch,
                        upSeconds,
                        residentMiB(),
                        after.ofChildrenSince(before).toNanos() / 1e6 / requests,
                        busy / seconds / meters.value("unifluid_worker_device_callers"));
            }
        }
    }

    interface Work {
        void run() throws Exception;
    }

    /** Does the work again until everything that it goes through is compiled. */
    static void warmUp(Work work) throws Exception {
        for (long end = System.nanoTime() + WARM_UP.toNanos(); System.nanoTime() < end; ) {
            work.run();
        }
    }

    /** This process's own, with a data folder in the build's; the suffix tells the folders of parts apart. */
    static Map<String, String> environment(Path checkout, String suffix) {
        var environment = new HashMap<>(System.getenv());
        var home = environment.getOrDefault(
                "UNIFLUID_HOME", checkout.resolve("tests/bench/target/stack").toString());
        environment.put("UNIFLUID_HOME", home + suffix);
        return environment;
    }

    /** Fills the caches (class data, unpacked registry, page cache). */
    private static void upAndDown(StackSettings settings) {
        try (var stack = LocalStack.prepare(settings, line -> {})) {
            stack.start();
        }
    }

    private static List<InferenceResult> send(UniFluidClient client, SamplePictures pictures, Asked asked, int count)
            throws Exception {
        var requests = new PictureRequests(pictures, "bench", Priority.BULK, asked);
        var pending = new ArrayList<CompletableFuture<InferenceResult>>(count);
        for (int i = 0; i < count; i++) {
            pending.add(
                    client.submit(Request.of(requests.next(), asked.output())).result());
        }
        var results = new ArrayList<InferenceResult>(count);
        for (var result : pending) {
            var done = result.get(15, TimeUnit.MINUTES);
            if (done.getStatus() != ResultStatus.SUCCEEDED) {
                throw new IllegalStateException("A request did not succeed: " + done.getError());
            }
            results.add(done);
        }
        return results;
    }

    private static double residentMiB() {
        return ProcessHandle.current()
                        .descendants()
                        .mapToLong(child -> ProcStatus.residentKiB(child.pid()))
                        .sum()
                / 1024.0;
    }
}
