package io.unifluid.gateway;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.testutil.MockSchemaRegistry;
import io.unifluid.testkit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;

/** A gateway in a process of its own, beside the one of {@link Gateways}, that is there to be killed. */
final class KilledGateway implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String GROUP = "unifluid-gateway-batches";
    private static final String CLIENT = "the-other-one";

    private final Process process;
    private final HttpServer registry;
    private final Admin admin;

    private KilledGateway(Process process, HttpServer registry, Admin admin) {
        this.process = process;
        this.registry = registry;
        this.admin = admin;
    }

    /** Returns when it has its share of the batches. */
    static KilledGateway start(Gateways path, Path scratch) throws IOException {
        var registry = overHttp(
                MockSchemaRegistry.getClientForScope(path.registry.url().substring("mock://".length())));
        var said = scratch.resolve("killed-gateway.log");
        var command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dunifluid.gateway.bootstrap-servers=" + path.broker.bootstrapServers(),
                "-Dunifluid.gateway.registry-url=http://127.0.0.1:"
                        + registry.getAddress().getPort(),
                "-Dunifluid.gateway.blob-store=" + path.blobs,
                "-Dunifluid.gateway.http-port=0",
                "-Dunifluid.gateway.state-dir=" + scratch.resolve("killed-gateway-state"),
                "-Dunifluid.gateway.kafka.consumer.client.id=" + CLIENT,
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "io.unifluid.gateway.GatewayApp");
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        var started = new KilledGateway(process, registry, path.broker.admin());
        try {
            Await.until("the other gateway to have its share", () -> {
                if (!process.isAlive()) {
                    throw new AssertionError(Files.readString(said));
                }
                return !started.share().isEmpty();
            });
            return started;
        } catch (AssertionError | RuntimeException e) {
            started.close();
            throw e;
        }
    }

    private List<Integer> share() {
        try {
            return admin.describeConsumerGroups(List.of(GROUP)).all().get().get(GROUP).members().stream()
                    .filter(member -> member.clientId().startsWith(CLIENT))
                    .flatMap(member -> member.assignment().topicPartitions().stream())
                    .map(TopicPartition::partition)
                    .toList();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether the batch is one of those that this process runs. */
    boolean owns(String batch) {
        try {
            int partitions = admin.describeTopics(List.of("unifluid.batches"))
                    .allTopicNames()
                    .get()
                    .get("unifluid.batches")
                    .partitions()
                    .size();
            return share().contains(
                            Utils.toPositive(Utils.murmur2(batch.getBytes(StandardCharsets.UTF_8))) % partitions);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** The in-memory registry of this JVM for another one. */
    private static HttpServer overHttp(SchemaRegistryClient schemas) throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                answer(exchange, schemas);
            } catch (Exception e) {
                throw new IOException(e);
            }
        });
        server.start();
        return server;
    }

    private static void answer(HttpExchange exchange, SchemaRegistryClient schemas) throws Exception {
        var path = exchange.getRequestURI().getPath().split("/");
        Object answer;
        if (path[1].equals("schemas")) {
            answer = Map.of(
                    "schema", schemas.getSchemaById(Integer.parseInt(path[3])).canonicalString());
        } else if (path[1].equals("subjects")) {
            var schema = new AvroSchema(
                    JSON.readTree(exchange.getRequestBody()).get("schema").asText());
            int id = schemas.register(path[2], schema);
            answer = Map.of(
                    "subject",
                    path[2],
                    "id",
                    id,
                    "version",
                    schemas.getVersion(path[2], schema),
                    "schema",
                    schema.canonicalString());
        } else {
            answer = Map.of("compatibilityLevel", "BACKWARD_TRANSITIVE");
        }
        var bytes = JSON.writeValueAsBytes(answer);
        exchange.getResponseHeaders().add("content-type", "application/vnd.schemaregistry.v1+json");
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        process.destroyForcibly();
        registry.stop(0);
        admin.close();
    }
}
