package io.unifluid.workers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Kafka's own distributed Connect worker, as a process of its own on Kafka's own jars: nothing of ours is on its class path.
 * It may be killed and started again.
 */
final class ConnectWorker implements AutoCloseable {
    static final Path CHECKOUT = Path.of("../..").toAbsolutePath().normalize();
    static final Path OURS = CHECKOUT.resolve("connectors/connect/target/plugins");

    static final Path KAFKA = CHECKOUT.resolve("tests/connect/worker/target/libs");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final int port;
    private final HttpClient http = HttpClient.newHttpClient();
    private Process process;

    private ConnectWorker(Path folder) {
        this.folder = folder;
        this.port = FreePorts.take(1)[0];
        Runtime.getRuntime().addShutdownHook(new Thread(this::kill));
    }

    /**
     * Starts and waits until it serves.
     *
     * @param folder for its settings and its log
     * @param kafka how to get in: {@code bootstrap.servers}, and security where there is some
     * @param plugins folders of plugins
     */
    static ConnectWorker start(Path folder, Map<String, String> kafka, Path... plugins) throws Exception {
        for (var needed : Stream.concat(Stream.of(KAFKA), Stream.of(plugins)).toList()) {
            if (!Files.isDirectory(needed)) {
                throw new IllegalStateException("There is no " + needed
                        + ": ./mvnw -pl tests/connect/worker,connectors/connect -am package makes it.");
            }
        }
        var worker = new ConnectWorker(folder);
        var settings = new Properties();
        settings.putAll(kafka);
        for (var client : List.of("producer.", "consumer.", "admin.")) {
            kafka.forEach((name, value) -> settings.put(client + name, value));
        }
        settings.putAll(Map.ofEntries(
                Map.entry("group.id", "connect-cluster"),
                Map.entry("key.converter", "org.apache.kafka.connect.json.JsonConverter"),
                Map.entry("value.converter", "org.apache.kafka.connect.json.JsonConverter"),
                Map.entry("offset.storage.topic", "connect-offsets"),
                Map.entry("offset.storage.partitions", "1"),
                Map.entry("offset.storage.replication.factor", "1"),
                Map.entry("config.storage.topic", "connect-configs"),
                Map.entry("config.storage.replication.factor", "1"),
                Map.entry("status.storage.topic", "connect-status"),
                Map.entry("status.storage.partitions", "1"),
                Map.entry("status.storage.replication.factor", "1"),
                Map.entry("exactly.once.source.support", "enabled"),
                Map.entry("listeners", "http://127.0.0.1:" + worker.port),
                Map.entry("plugin.discovery", "service_load"),
                Map.entry("plugin.path", Stream.of(plugins).map(Path::toString).collect(Collectors.joining(","))),
                // A worker that was killed is missed sooner.
                Map.entry("session.timeout.ms", "6000"),
                Map.entry("heartbeat.interval.ms", "2000"),
                Map.entry("scheduled.rebalance.max.delay.ms", "0"),
                Map.entry("offset.flush.interval.ms", "2000")));
        try (var out = Files.newBufferedWriter(folder.resolve("worker.properties"))) {
            settings.store(out, null);
        }
        Files.writeString(folder.resolve("log4j2.properties"), """
                appender.out.type=Console
                appender.out.name=out
                appender.out.layout.type=PatternLayout
                appender.out.layout.pattern=%d{HH:mm:ss.SSS} %-5p %c{1} %m%n
                rootLogger.level=WARN
                rootLogger.appenderRef.out.ref=out
                logger.connect.name=org.apache.kafka.connect.runtime
                logger.connect.level=INFO
                logger.ours.name=io.unifluid
                logger.ours.level=INFO
                """);
        worker.startAgain();
        return worker;
    }

    void startAgain() throws Exception {
        var log = folder.resolve("worker.log").toFile();
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dlog4j2.configurationFile=" + folder.resolve("log4j2.properties"),
                        "-cp",
                        KAFKA + "/*",
                        "org.apache.kafka.connect.cli.ConnectDistributed",
                        folder.resolve("worker.properties").toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
        try {
            Await.until("the Connect worker to serve", () -> {
                if (!process.isAlive()) {
                    throw new IllegalStateException("It ended with " + process.exitValue() + ".");
                }
                return get("/connectors").isArray();
            });
        } catch (AssertionError e) {
            e.addSuppressed(new IllegalStateException("Its log:\n" + log()));
            throw e;
        }
    }

    /** As kill -9 does it. */
    void kill() {
        if (process != null) {
            process.destroyForcibly();
            try {
                process.waitFor(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    String log() {
        try {
            return Files.readString(folder.resolve("worker.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode get(String path) throws Exception {
        return JSON.readTree(answer("GET", path, null).body());
    }

    /** The answer, whatever its status. */
    HttpResponse<String> answer(String method, String path, Object body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(90))
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** Makes a connector, or changes it. */
    void put(String name, Map<String, String> settings) {
        Await.until("the connector " + name + " to be taken", () -> {
            var answer = answer("PUT", "/connectors/" + name + "/config", settings);
            if (answer.statusCode() == 400) {
                throw new IllegalArgumentException(answer.body());
            }
            return answer.statusCode() / 100 == 2; // 409 while the cluster rebalances
        });
    }

    void delete(String name) {
        Await.until(
                "the connector " + name + " to be gone",
                () -> answer("DELETE", "/connectors/" + name, null).statusCode() / 100 == 2);
    }

    /** What has failed says why. */
    List<String> failures(String name) throws Exception {
        var status = get("/connectors/" + name + "/status");
        return Stream.concat(
                        Stream.of(status.path("connector")),
                        status.path("tasks").valueStream())
                .filter(part -> part.path("state").asText().equals("FAILED"))
                .map(part -> part.path("trace").asText())
                .toList();
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroy();
            try {
                if (!process.waitFor(10, TimeUnit.SECONDS)) {
                    kill();
                }
            } catch (InterruptedException e) {
                kill();
                Thread.currentThread().interrupt();
            }
        }
        http.close();
    }
}
