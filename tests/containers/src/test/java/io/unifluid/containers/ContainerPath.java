package io.unifluid.containers;

import io.unifluid.schemas.Topics;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.TestClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.lifecycle.Startables;

/** Broker, registry, streams app and worker, each in a container of its own, and a client outside of them. */
final class ContainerPath implements AutoCloseable {
    private static final int PARTITIONS = 4;
    private static final int REGISTRY_PORT = 8080;
    private static final String REGISTRY_PATH = "/apis/ccompat/v7";
    private static final String BROKER = "broker:19092";
    private static final long MIB = 1024 * 1024;

    private final Network network = Network.newNetwork();
    final KafkaContainer broker = new KafkaContainer(Images.KAFKA)
            .withListener(BROKER)
            .withEnv(brokerSettings())
            .withStartupTimeout(Await.PATIENCE);
    final GenericContainer<?> registry = new GenericContainer<>(Images.REGISTRY)
            .withNetworkAliases("registry")
            .withExposedPorts(REGISTRY_PORT)
            .waitingFor(Wait.forHttp(REGISTRY_PATH + "/subjects").forPort(REGISTRY_PORT))
            .withStartupTimeout(Await.PATIENCE);
    final GenericContainer<?> streams = app(Images.STREAMS, "streams-app", 1024)
            .withEnv("UNIFLUID_STREAMS_BOOTSTRAP_SERVERS", BROKER)
            .withEnv("UNIFLUID_STREAMS_REGISTRY_URL", "http://registry:" + REGISTRY_PORT + REGISTRY_PATH)
            // What is lost on its way comes again in less than a test waits; a worker gives a sign every minute.
            .withEnv("UNIFLUID_STREAMS_LOST_AFTER", "1m")
            .withEnv("UNIFLUID_STREAMS_STUCK_AFTER", "2m");
    final GenericContainer<?> worker = app(Images.WORKER, "worker", 2048)
            .withEnv("UNIFLUID_WORKER_BOOTSTRAP_SERVERS", BROKER)
            .withEnv("UNIFLUID_WORKER_REGISTRY_URL", "http://registry:" + REGISTRY_PORT + REGISTRY_PATH);

    private TestClient client;

    private ContainerPath() {
        parts().values().forEach(part -> part.withNetwork(network));
    }

    static ContainerPath start() throws Exception {
        var path = new ContainerPath();
        try {
            Startables.deepStart(path.broker, path.registry).join();
            path.createTopics();
            path.setCompatibility();
            Startables.deepStart(path.streams, path.worker).join();
            path.client = TestClient.connect(path.broker.getBootstrapServers(), path.registryUrl());
            return path;
        } catch (Exception e) {
            path.close();
            throw e;
        }
    }

    TestClient client() {
        return client;
    }

    Faults faults() {
        return new Faults(broker.getDockerClient(), network.getId());
    }

    /** Returns when the app in this container, started anew by hand, says that it takes work. */
    void awaitHealthy(GenericContainer<?> part) {
        Wait.forHealthcheck().withStartupTimeout(Await.PATIENCE).waitUntilReady(part);
    }

    private static GenericContainer<?> app(
            org.testcontainers.utility.DockerImageName image, String alias, long mebibytes) {
        return new GenericContainer<>(image)
                .withNetworkAliases(alias)
                .withCreateContainerCmdModifier(
                        command -> command.getHostConfig().withMemory(mebibytes * MIB))
                .waitingFor(Wait.forHealthcheck())
                .withStartupTimeout(Await.PATIENCE);
    }

    private static Map<String, String> brokerSettings() {
        return Map.ofEntries(
                Map.entry("KAFKA_HEAP_OPTS", "-Xmx512m"),
                Map.entry("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false"),
                Map.entry("KAFKA_MESSAGE_MAX_BYTES", Integer.toString(Topics.MAX_RECORD_BYTES)),
                Map.entry("KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS", "4"),
                Map.entry("KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS", "4"),
                Map.entry("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_NUM_PARTITIONS", "4"),
                Map.entry("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR", "1"),
                Map.entry("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR", "1"),
                Map.entry("KAFKA_GROUP_SHARE_MIN_HEARTBEAT_INTERVAL_MS", "500"),
                Map.entry("KAFKA_GROUP_SHARE_HEARTBEAT_INTERVAL_MS", "500"),
                Map.entry("KAFKA_LOG_CLEANER_DEDUPE_BUFFER_SIZE", "4194304"));
    }

    private void createTopics() throws InterruptedException, ExecutionException {
        try (var admin = Admin.create(Map.of("bootstrap.servers", broker.getBootstrapServers()))) {
            admin.createTopics(Stream.concat(
                                    Topics.all().stream().map(topic -> topic(topic.name(), topic.config())),
                                    Topics.ofOthersRecords().entrySet().stream()
                                            .map(topic -> topic(topic.getKey(), topic.getValue())))
                            .toList())
                    .all()
                    .get();
        }
    }

    private static NewTopic topic(String name, Map<String, String> config) {
        return new NewTopic(name, Optional.of(PARTITIONS), Optional.of((short) 1)).configs(config);
    }

    private void setCompatibility() throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create(registryUrl() + "/config"))
                    .header("Content-Type", "application/json")
                    .PUT(HttpRequest.BodyPublishers.ofString("{\"compatibility\":\"BACKWARD_TRANSITIVE\"}"))
                    .build();
            var status =
                    http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            if (status != 200) {
                throw new IllegalStateException("Setting the compatibility was answered with " + status + ".");
            }
        }
    }

    private String registryUrl() {
        return "http://" + registry.getHost() + ":" + registry.getMappedPort(REGISTRY_PORT) + REGISTRY_PATH;
    }

    private Map<String, GenericContainer<?>> parts() {
        return Map.of("broker", broker, "registry", registry, "streams-app", streams, "worker", worker);
    }

    /** Leaves each container's log in target/container-logs. */
    @Override
    public void close() throws IOException {
        if (client != null) {
            client.close();
        }
        var logs = Files.createDirectories(Path.of("target", "container-logs"));
        for (var part : parts().entrySet()) {
            if (part.getValue().getContainerId() != null) {
                Files.writeString(
                        logs.resolve(part.getKey() + ".log"), part.getValue().getLogs());
            }
        }
        List.of(worker, streams, registry, broker).forEach(GenericContainer::stop);
        network.close();
    }
}
