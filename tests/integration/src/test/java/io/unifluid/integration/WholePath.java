package io.unifluid.integration;

import io.unifluid.blobs.FetchSettings;
import io.unifluid.streams.StreamsAppRunner;
import io.unifluid.streams.StreamsSettings;
import io.unifluid.testkit.LocalBroker;
import io.unifluid.testkit.LocalRegistry;
import io.unifluid.testkit.SampleArchive;
import io.unifluid.testkit.TestClient;
import io.unifluid.worker.PictureSettings;
import io.unifluid.worker.WorkerRunner;
import io.unifluid.worker.WorkerSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Broker, registry, topology and a worker with the shipped bundle: the system, in one JVM but for the registry. */
final class WholePath implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(90);

    final LocalBroker broker;
    final LocalRegistry registry;
    final StreamsAppRunner streams;
    final WorkerRunner worker;
    final TestClient client;
    final Path pictures;

    private WholePath(
            LocalBroker broker,
            LocalRegistry registry,
            StreamsAppRunner streams,
            WorkerRunner worker,
            TestClient client,
            Path pictures) {
        this.broker = broker;
        this.registry = registry;
        this.streams = streams;
        this.worker = worker;
        this.client = client;
        this.pictures = pictures;
    }

    /** @param scratch an empty folder; its {@code pictures} is the only root that {@code file:} pictures may be under */
    static WholePath start(Path scratch) throws Exception {
        return start(scratch, Map.of());
    }

    /** @param settings of the topology, beside those that say where things are */
    static WholePath start(Path scratch, Map<String, String> settings) throws Exception {
        var broker = LocalBroker.startWithTopics();
        var registry = LocalRegistry.start();
        var pictures = Files.createDirectories(scratch.resolve("pictures"));
        var blobs = scratch.resolve("blobs").toString();
        var all = new HashMap<>(settings);
        all.put("bootstrap-servers", broker.bootstrapServers());
        all.put("registry-url", registry.url());
        all.put("state-dir", scratch.resolve("state").toString());
        var streams = new StreamsAppRunner(StreamsSettings.of(all));
        streams.start();
        var worker = new WorkerRunner(
                WorkerSettings.of(broker.bootstrapServers(), registry.url(), bundle().toString(), blobs)
                        .withPictures(PictureSettings.of(blobs)
                                .withFetch(FetchSettings.defaults().withAllowedRoots(List.of(pictures)))));
        worker.start();
        streams.awaitReady(PATIENCE);
        worker.awaitReady(PATIENCE);
        return new WholePath(broker, registry, streams, worker, TestClient.connect(broker, registry), pictures);
    }

    static Path bundle() {
        return SampleArchive.folder()
                .resolve("../../gpu-worker/reference-model/bundle")
                .normalize();
    }

    @Override
    public void close() {
        client.close();
        worker.close();
        streams.close();
        registry.close();
        broker.close();
    }
}
