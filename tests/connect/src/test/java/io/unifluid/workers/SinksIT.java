package io.unifluid.workers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.reading.TopicFollower;
import io.unifluid.stack.LocalStack;
import io.unifluid.stack.StackSettings;
import io.unifluid.testkit.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The sample archive through the source, the whole path and the shipped model into sinks that no one here wrote.
 * {@code tests/connect/run} runs it.
 */
@EnabledIfSystemProperty(named = "unifluid.connect.sinks", matches = "true")
@Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SinksIT {
    private static final String BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter";
    private static final Duration PATIENCE = Duration.ofSeconds(300);
    private static final Path STOCK = ConnectWorker.CHECKOUT.resolve("tests/connect/plugins/target/plugins");

    @TempDir
    private static Path scratch;

    private static LocalStack stack;
    private static ConnectWorker worker;
    private static Map<String, InferenceResult> results;
    private static TopicFollower following;
    private static int pictures;

    @BeforeAll
    static void start() throws Exception {
        var environment = new HashMap<>(System.getenv());
        environment.put("UNIFLUID_HOME", scratch.resolve("home").toString());
        int port = 20_000 + (int) (ProcessHandle.current().pid() % 10_000);
        for (var name : List.of(
                "KAFKA", "CONTROLLER", "REGISTRY", "REGISTRY_MANAGEMENT", "STREAMS", "WORKER", "GATEWAY")) {
            environment.put("UNIFLUID_PORT_" + name, Integer.toString(port++));
        }
        stack = LocalStack.prepare(
                StackSettings.from(ConnectWorker.CHECKOUT, environment, Optional.empty()), _ -> {});
        stack.start();
        var settings = stack.settings();
        worker = ConnectWorker.start(
                Files.createDirectory(scratch.resolve("worker")), settings.bootstrapServers(), ConnectWorker.OURS, STOCK);
        results = new ConcurrentHashMap<>();
        var reader = AvroSerdes.of(settings.registryUrl()).deserializer(Topics.RESULTS);
        following = new TopicFollower(
                Map.of("bootstrap.servers", settings.bootstrapServers()),
                List.of(Topics.RESULTS.name()),
                TopicFollower.From.BEGINNING,
                record -> {
                    var result = reader.deserialize(record.topic(), record.headers(), record.value());
                    results.put(result.getRequestId(), result);
                });
        var archive = ConnectWorker.CHECKOUT.resolve("infra/sample-archive");
        try (var files = Files.walk(archive)) {
            pictures = (int) files.filter(file -> file.toString().endsWith(".png")).count();
        }
        var source = new TreeMap<String, String>();
        source.put("connector.class", "io.unifluid.connect.ImageArchiveConnector");
        source.put("tasks.max", "1");
        source.put("key.converter", BYTES);
        source.put("value.converter", BYTES);
        source.put("exactly.once.support", "required");
        source.put("sources", archive.toString());
        source.put("blob.store", settings.blobs().toString());
        source.put("registry.url", settings.registryUrl());
        source.put("limit.rate", "5");
        worker.put("archive", source);
    }

    @AfterAll
    static void stop() {
        if (following != null) {
            following.close();
        }
        if (worker != null) {
            worker.close();
        }
        if (stack != null) {
            stack.close();
        }
    }

    /** Of a sink: results as columns, committed ones only. */
    private static Map<String, String> sink(String type) {
        var sink = new TreeMap<String, String>();
        sink.put("connector.class", type);
        sink.put("tasks.max", "1");
        sink.put("topics", Topics.RESULTS.name());
        sink.put("key.converter", BYTES);
        sink.put("value.converter", BYTES);
        sink.put("consumer.override.isolation.level", "read_committed");
        sink.put("consumer.override.auto.offset.reset", "earliest");
        sink.put("transforms", "columns");
        sink.put("transforms.columns.type", "io.unifluid.connect.FlattenResult");
        sink.put("transforms.columns.registry.url", stack.settings().registryUrl());
        sink.put("errors.retry.timeout", "-1");
        return sink;
    }

    private static void restartWhatFailed(String name) throws Exception {
        if (!worker.failures(name).isEmpty()) {
            worker.answer("POST", "/connectors/" + name + "/restart?includeTasks=true&onlyFailed=true", null);
            Thread.sleep(2_000);
        }
    }

    @Test
    void rowsOfAPostgresThatGoesAwayAndComesBack() throws Exception {
        var bin = Postgres.bin();
        Assumptions.assumeTrue(
                bin.isPresent(), "There is no PostgreSQL: install it, or name its programs in UNIFLUID_POSTGRES_BIN.");
        try (var postgres = Postgres.start(bin.get())) {
            var sink = sink("io.debezium.connector.jdbc.JdbcSinkConnector");
            sink.put("connection.url", postgres.url());
            sink.put("connection.username", "unifluid");
            sink.put("connection.password", "unifluid");
            sink.put("insert.mode", "upsert");
            sink.put("primary.key.mode", "record_value");
            sink.put("primary.key.fields", "request_id");
            sink.put("schema.evolution", "basic");
            sink.put("collection.name.format", "results");
            worker.put("rows", sink);
            Await.until("some rows", PATIENCE, () -> count(postgres) > 20);
            postgres.stop();
            int then = results.size();
            Await.until("results meanwhile", PATIENCE, () -> results.size() >= Math.min(pictures, then + 20));
            postgres.startAgain();
            Await.until("all rows", PATIENCE, () -> {
                restartWhatFailed("rows");
                return count(postgres) >= pictures;
            });
            System.out.println("the sink's task failed while the database was away: "
                    + worker.log().contains("Task threw an uncaught and unrecoverable exception"));
            same(postgres);

            // Everything once more: the same rows.
            worker.delete("rows");
            worker.put("again", sink);
            Await.until("all read again", PATIENCE, () -> {
                restartWhatFailed("again");
                var groups = worker.get("/connectors/again/offsets").path("offsets");
                return groups.valueStream()
                                .mapToLong(one -> one.path("offset").path("kafka_offset").asLong())
                                .sum()
                        >= pictures;
            });
            same(postgres);
            worker.delete("again");
        }
    }

    private static long count(Postgres postgres) throws Exception {
        return Long.parseLong(postgres.query("select count(*) from results").getFirst());
    }

    private static void same(Postgres postgres) throws Exception {
        assertThat(results).hasSize(pictures);
        var rows = postgres.query("select request_id, path, status, caption, model, attempts from results");
        assertThat(rows)
                .containsExactlyInAnyOrderElementsOf(results.values().stream()
                        .map(result -> String.join(
                                "|",
                                result.getRequestId(),
                                result.getLabels().get("archive.path"),
                                result.getStatus().toString(),
                                ((CaptionOutput) result.getOutput()).getText(),
                                result.getModel().getName(),
                                Integer.toString(result.getAttempts())))
                        .toList());
        assertThat(postgres.query("select column_name || ' ' || data_type from information_schema.columns"
                        + " where table_name = 'results'"))
                .contains(
                        "request_id text",
                        "caption_log_probability double precision",
                        "cache_hit boolean",
                        "attempts bigint")
                .anyMatch(column -> column.startsWith("completed_at timestamp"));
    }

    @Test
    void rowsOfAnIcebergTable() throws Exception {
        var warehouse = Files.createDirectory(scratch.resolve("warehouse"));
        var sink = sink("org.apache.iceberg.connect.IcebergSinkConnector");
        sink.put("iceberg.catalog.type", "hadoop");
        sink.put("iceberg.catalog.warehouse", warehouse.toUri().toString());
        sink.put("iceberg.tables", "unifluid.results");
        sink.put("iceberg.tables.auto-create-enabled", "true");
        sink.put("iceberg.control.topic", "connect-iceberg-control");
        sink.put("iceberg.control.commit.interval-ms", "5000");
        worker.put("lake", sink);
        Await.until("all rows", PATIENCE, () -> {
            restartWhatFailed("lake");
            return records(warehouse) >= pictures;
        });
        assertThat(records(warehouse)).isEqualTo(pictures);
        worker.delete("lake");
    }

    /** What the newest snapshot says. */
    private static long records(Path warehouse) throws Exception {
        try (var files = Files.list(warehouse.resolve("unifluid/results/metadata"))) {
            var newest = files.filter(file -> file.toString().endsWith(".metadata.json"))
                    .max(Comparator.comparingInt(file ->
                            Integer.parseInt(file.getFileName().toString().replaceAll("\\D", ""))))
                    .orElseThrow();
            var metadata = new ObjectMapper().readTree(newest.toFile());
            long current = metadata.path("current-snapshot-id").asLong();
            return metadata.path("snapshots")
                    .valueStream()
                    .filter(snapshot -> snapshot.path("snapshot-id").asLong() == current)
                    .mapToLong(snapshot ->
                            snapshot.path("summary").path("total-records").asLong())
                    .sum();
        }
    }
}
