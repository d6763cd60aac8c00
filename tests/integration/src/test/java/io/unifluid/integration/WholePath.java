package io.unifluid.integration;

import io.unifluid.blobs.fetch.FetchSettings;
import io.unifluid.client.Cluster;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.families.Models;
import io.unifluid.streams.StreamsAppRunner;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.LocalBroker;
import io.unifluid.testkit.LocalRegistry;
import io.unifluid.testkit.SampleArchive;
import io.unifluid.testkit.TestClient;
import io.unifluid.worker.WorkerRunner;
import io.unifluid.worker.config.PictureSettings;
import io.unifluid.worker.config.WorkerSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Broker, registry, topology and a worker with the shipped bundle: the system, in one JVM but for the registry. */
final class WholePath implements AutoCloseable {
    final LocalBroker broker;
    final LocalRegistry registry;
    final StreamsAppRunner streams;
    final Optional<WorkerRunner> worker;
    final TestClient client;
    final Path pictures;
    final Path blobs;

    private WholePath(
            LocalBroker broker,
            LocalRegistry registry,
            StreamsAppRunner streams,
            Optional<WorkerRunner> worker,
            TestClient client,
            Path pictures,
            Path blobs) {
        this.broker = broker;
        this.registry = registry;
        this.streams = streams;
        this.worker = worker;
        this.client = client;
        this.pictures = pictures;
        this.blobs = blobs;
    }

    /** @param scratch an empty folder; its {@code pictures} is the only root that {@code file:} pictures may be under */
    static WholePath start(Path scratch) throws Exception {
        return start(scratch, Map.of());
    }

    /** @param streamsSettings beside the addresses */
    static WholePath start(Path scratch, Map<String, String> streamsSettings) throws Exception {
        return start(
                scratch, streamsSettings, Optional.of(() -> Models.open(bundle().toString(), ModelOptions.defaults())));
    }

    /**
     * @param streamsSettings beside the addresses; the reply topics among them are created
     * @param model what the worker runs; without one there is no worker
     */
    static WholePath start(Path scratch, Map<String, String> streamsSettings, Optional<Supplier<LoadedModel>> model)
            throws Exception {
        var broker = LocalBroker.startWithTopics();
        var registry = LocalRegistry.shared();
        var pictures = Files.createDirectories(scratch.resolve("pictures"));
        var blobs = Files.createDirectories(scratch.resolve("blobs"));
        var settings = new HashMap<>(streamsSettings);
        settings.put("bootstrap-servers", broker.bootstrapServers());
        settings.put("registry-url", registry.url());
        settings.put("state-dir", scratch.resolve("state").toString());
        if (settings.containsKey("reply-topics")) {
            broker.createTopic(settings.get("reply-topics"), 1, Map.of());
        }
        var streams = new StreamsAppRunner(StreamsSettings.of(settings));
        streams.start();
        var worker = model.map(opened -> new WorkerRunner(workerSettings(broker, registry, blobs, pictures), opened));
        if (worker.isPresent()) {
            worker.get().start();
        }
        streams.awaitReady(Await.PATIENCE);
        if (worker.isPresent()) {
            worker.get().awaitReady(Await.PATIENCE);
        }
        return new WholePath(broker, registry, streams, worker, TestClient.connect(broker, registry), pictures, blobs);
    }

    private static WorkerSettings workerSettings(
            LocalBroker broker, LocalRegistry registry, Path blobs, Path pictures) {
        return WorkerSettings.of(broker.bootstrapServers(), registry.url(), bundle().toString(), blobs.toString())
                .withPictures(PictureSettings.of(blobs.toString())
                        .withFetch(FetchSettings.defaults().withAllowedRoots(List.of(pictures))));
    }

    /** Another worker on the same path, not started; the caller closes it. */
    WorkerRunner worker(String name, Supplier<LoadedModel> model) {
        return new WorkerRunner(
                workerSettings(broker, registry, blobs, pictures).withWorker(name), model);
    }

    /** Likewise in a share group of its own. */
    WorkerRunner worker(String name, String group, Supplier<LoadedModel> model) {
        var settings = workerSettings(broker, registry, blobs, pictures).withWorker(name);
        return new WorkerRunner(settings.withFlow(settings.flow().withGroup(group)), model);
    }

    static Path bundle() {
        return SampleArchive.folder()
                .resolve("../../gpu-worker/reference-model/bundle")
                .normalize();
    }

    Cluster cluster() {
        return new Cluster(broker.bootstrapServers(), registry.url(), Map.of(), Optional.of(blobs.toString()));
    }

    @Override
    public void close() {
        client.close();
        worker.ifPresent(WorkerRunner::close);
        streams.close();
        registry.close();
        broker.close();
    }
}
