package io.unifluid.bench;

import io.unifluid.client.Cluster;
import io.unifluid.client.TopicWriter;
import io.unifluid.client.UniFluidClient;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.Topics;
import io.unifluid.stack.AppInstance;
import io.unifluid.stack.ChildProcess;
import io.unifluid.stack.Component;
import io.unifluid.stack.StackSettings;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.FreePorts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How soon requests are served again after the streams app was killed (SIGKILL) and started again at once, with many unfinished
 * ones and with none, by itself and with a second instance that keeps copies of its stores. The unfinished ones name a model
 * that nobody runs, and wait for it; those that are measured have the no-op model.
 */
final class RecoveryBench implements AutoCloseable {
    private static final int KILLS = 3;
    /** Enough that every partition has some. */
    private static final int CAPTIONS = 32;

    private static final int PER_SEND = 2_000;
    private static final Duration PATIENCE = Duration.ofMinutes(15);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(30);
    private static final Duration CACHE_WRITTEN_WITHIN = Duration.ofMinutes(3);
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    private static final String NOBODYS_MODEL = "nobodys-model";

    private final FreshStack.Parts parts;
    private final List<AppInstance> apps;
    private final List<ChildProcess> running = new ArrayList<>();
    private final ChildProcess working;
    private final UniFluidClient client;
    private final Load captions;
    private final SamplePictures pictures;

    private RecoveryBench(FreshStack.Parts parts, SamplePictures pictures, int instances) {
        this.parts = parts;
        this.pictures = pictures;
        int[] ports = FreePorts.take(instances);
        apps = IntStream.range(0, instances)
                .mapToObj(i -> parts.app(
                        Component.STREAMS,
                        Component.STREAMS.id() + (i + 1),
                        ports[i],
                        Map.of(
                                "unifluid.streams.absent-model",
                                "wait",
                                "unifluid.streams.standbys",
                                Integer.toString(instances - 1))))
                .toList();
        var worker = parts.app(Component.WORKER, Component.WORKER.id(), FreePorts.take(1)[0], Map.of());
        // Once before: a process that ends in order leaves a cache for later starts, as on any earlier day.
        startApps();
        running.forEach(app -> app.stop(CACHE_WRITTEN_WITHIN));
        running.clear();
        startApps();
        working = parts.launcher().app(worker);
        parts.launcher().awaitApp(working, worker);
        client = FreshStack.client(parts.settings());
        captions = new Load(client, new PictureRequests(pictures, "recovery", Priority.INTERACTIVE)::next, CAPTIONS);
    }

    private void startApps() {
        apps.forEach(app -> running.add(parts.launcher().app(app)));
        awaitReady();
    }

    /**
     * Seconds from the kill to the last of some captions that were asked for at once; medians.
     *
     * @param restarted with nothing unfinished, by the app that was killed alone
     * @param restartedBehind with the backlog
     * @param takenOver with nothing unfinished, with a second instance
     * @param takenOverBehind with the backlog
     */
    record Measured(double restarted, double restartedBehind, double takenOver, double takenOverBehind) {}

    static Measured measure(Path checkout, SamplePictures pictures, int backlog) throws Exception {
        var alone = measure(checkout, pictures, backlog, 1);
        var two = measure(checkout, pictures, backlog, 2);
        return new Measured(alone.getFirst(), alone.getLast(), two.getFirst(), two.getLast());
    }

    /** @return with nothing unfinished, and with the backlog */
    private static List<Double> measure(Path checkout, SamplePictures pictures, int backlog, int instances)
            throws Exception {
        try (var parts = FreshStack.parts(checkout, "recovery", Optional.of(StackSettings.NOOP));
                var bench = new RecoveryBench(parts, pictures, instances)) {
            double none = bench.recovery("nothing unfinished", instances);
            bench.leaveUnfinished(backlog);
            return List.of(none, bench.recovery(backlog + " unfinished", instances));
        }
    }

    private double recovery(String what, int instances) throws Exception {
        var seconds = new ArrayList<Double>();
        caption();
        for (int kill = 0; kill < KILLS; kill++) {
            int victim = kill % instances;
            long at = System.nanoTime();
            running.get(victim).kill();
            running.set(victim, parts.launcher().app(apps.get(victim)));
            caption();
            seconds.add((System.nanoTime() - at) / 1e9);
            System.out.printf(
                    Locale.ROOT, "%d app(s), %s: captions after %.1f s%n", instances, what, seconds.getLast());
            awaitReady();
            awaitQuiet();
        }
        return seconds.stream().sorted().toList().get(KILLS / 2);
    }

    private void leaveUnfinished(int count) throws InterruptedException {
        long start = System.nanoTime();
        var requests = new PictureRequests(pictures, "unfinished", Priority.BULK);
        try (var writer = new TopicWriter<>(
                Cluster.of(parts.settings().bootstrapServers(), parts.settings().registryUrl()), Topics.REQUESTS)) {
            for (int sent = 0; sent < count; sent += PER_SEND) {
                writer.send(IntStream.range(sent, Math.min(count, sent + PER_SEND))
                        .mapToObj(_ -> requests.next())
                        .map(request -> InferenceRequest.newBuilder(request)
                                .setModel(NOBODYS_MODEL)
                                .build())
                        .map(request -> new TopicWriter.Keyed<>(request.getRequestId(), request))
                        .toList());
            }
        }
        Await.until(
                count + " requests to wait",
                PATIENCE,
                LOOK_EVERY,
                () -> sum("unifluid_waiting_requests") >= count || sum("unifluid_intake_held") >= apps.size());
        System.out.printf(
                Locale.ROOT,
                "%d requests were sent; after %.0f s %.0f wait in the app(s), the others in their topic%n",
                count,
                (System.nanoTime() - start) / 1e9,
                sum("unifluid_waiting_requests"));
        awaitQuiet();
    }

    private double sum(String meter) {
        return apps.stream()
                .mapToDouble(app -> FreshStack.meter(app.httpPort(), meter))
                .sum();
    }

    private void caption() throws InterruptedException {
        captions.send(CAPTIONS);
        captions.awaitAll();
    }

    private void awaitReady() {
        for (int i = 0; i < apps.size(); i++) {
            parts.launcher().awaitApp(running.get(i), apps.get(i));
        }
    }

    /** Until copies of stores are made, and what was killed has its part of the work again. */
    private static void awaitQuiet() throws InterruptedException {
        Thread.sleep(Duration.ofSeconds(30));
    }

    @Override
    public void close() {
        client.close();
        working.stop(STOP_WITHIN);
        running.forEach(app -> app.stop(STOP_WITHIN));
    }
}
