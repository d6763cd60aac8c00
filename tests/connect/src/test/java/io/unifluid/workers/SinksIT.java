package io.unifluid.workers;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.Topics;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.LocalBroker;
import io.unifluid.testkit.LocalRegistry;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Pictures through the source, and their results into sinks that no one here wrote. {@code tests/connect/run} runs it. */
@EnabledIfSystemProperty(named = "unifluid.connect.sinks", matches = "true")
@Timeout(value = 1500, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SinksIT {
    private static final String BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter";
    private static final Path STOCK = ConnectWorker.CHECKOUT.resolve("tests/connect/plugins/target/plugins");
    private static final int PICTURES = 300;
    /** Which Iceberg's sink does not make. */
    private static final String CONTROL = "control-iceberg";

    private static final List<String> COLUMNS =
            List.of("request_id", "path", "status", "caption", "error_message", "model", "attempts", "inference_ms");

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private static Path scratch;

    private static Path pictures() throws IOException {
        var pictures = Files.createTempDirectory(scratch, "pictures");
        for (int i = 0; i < PICTURES; i++) {
            Files.write(
                    pictures.resolve(String.format("%04d.png", i)),
                    ("\u0089PNG\r\n\u001a\n....IHDR\0\0\0\u0005\0\0\0\u0007" + i)
                            .getBytes(StandardCharsets.ISO_8859_1));
        }
        return pictures;
    }

    private static ConnectWorker worker(LocalBroker broker) throws Exception {
        return ConnectWorker.start(
                Files.createTempDirectory(scratch, "worker"),
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                ConnectWorker.OURS,
                STOCK);
    }

    /** Slowly, until its limit is removed. */
    private static Map<String, String> source(Path pictures, String registry) {
        var source = new TreeMap<String, String>();
        source.put("connector.class", "io.unifluid.connect.ImageArchiveConnector");
        source.put("key.converter", BYTES);
        source.put("value.converter", BYTES);
        source.put("exactly.once.support", "required");
        source.put("sources", pictures.toString());
        source.put("blob.store", scratch.resolve("blobs").toString());
        source.put("registry.url", registry);
        source.put("limit.rate", "4");
        return source;
    }

    /** Of a sink: results as columns, committed ones only. */
    private static Map<String, String> sink(String type, String registry) {
        var sink = new TreeMap<String, String>();
        sink.put("connector.class", type);
        sink.put("tasks.max", "1");
        sink.put("topics", Topics.RESULTS.name());
        sink.put("key.converter", BYTES);
        sink.put("value.converter", BYTES);
        sink.put("consumer.override.isolation.level", "read_committed");
        sink.put("transforms", "columns");
        sink.put("transforms.columns.type", "io.unifluid.connect.FlattenResult");
        sink.put("transforms.columns.registry.url", registry);
        sink.put("errors.retry.timeout", "-1");
        return sink;
    }

    @Test
    void rowsOfAPostgresThatGoesAwayAndComesBackAndLinesOfAFile() throws Exception {
        var bin = Postgres.bin();
        Assumptions.assumeTrue(
                bin.isPresent(), "There is no PostgreSQL: install it, or name its programs in UNIFLUID_POSTGRES_BIN.");
        var pictures = pictures();
        try (var broker = LocalBroker.startWithTopics();
                var registry = LocalRegistry.start();
                var system = new Answering(broker.bootstrapServers(), registry.url());
                var worker = worker(broker);
                var postgres = Postgres.start(bin.get())) {
            var source = source(pictures, registry.url());
            worker.put("archive", source);

            var lines = scratch.resolve("lines.txt");
            var file = sink("org.apache.kafka.connect.file.FileStreamSinkConnector", registry.url());
            file.put("file", lines.toString());
            worker.put("lines", file);

            var rows = sink("io.debezium.connector.jdbc.JdbcSinkConnector", registry.url());
            rows.put("connection.url", postgres.url());
            rows.put("connection.username", "unifluid");
            rows.put("connection.password", "unifluid");
            rows.put("insert.mode", "upsert");
            rows.put("primary.key.mode", "record_value");
            rows.put("primary.key.fields", "request_id");
            rows.put("schema.evolution", "basic");
            rows.put("collection.name.format", "results");
            worker.put("rows", rows);
            Await.until("some rows", () -> {
                assertThat(worker.failures("rows")).isEmpty();
                return count(postgres) > 10;
            });
            postgres.stop();
            int then = system.answered().size();
            assertThat(then).as("rows before all requests were sent").isLessThan(PICTURES);
            Await.until("results meanwhile", () -> system.answered().size() >= Math.min(PICTURES, then + 20));
            source.remove("limit.rate");
            worker.put("archive", source);
            Await.until("all results", () -> system.answered().size() >= PICTURES);
            postgres.startAgain();
            Await.until("all rows", () -> {
                restartWhatFailed(worker, "rows");
                return count(postgres) >= PICTURES;
            });
            System.out.println("the sink's task failed while the database was away: "
                    + worker.log().contains("Task threw an uncaught and unrecoverable exception"));
            same(postgres, system.answered().values());

            // Everything once more: the same rows.
            worker.delete("rows");
            worker.put("again", rows);
            Await.until("all read again", () -> {
                restartWhatFailed(worker, "again");
                return worker.get("/connectors/again/offsets")
                                .path("offsets")
                                .valueStream()
                                .mapToLong(one ->
                                        one.path("offset").path("kafka_offset").asLong())
                                .sum()
                        >= PICTURES;
            });
            same(postgres, system.answered().values());
            Await.until("all lines", () -> Files.readAllLines(lines).size() >= PICTURES);
            assertThat(Files.readAllLines(lines))
                    .hasSize(PICTURES)
                    .doesNotHaveDuplicates()
                    .allMatch(line -> line.startsWith("Struct{request_id=archive-"));
        }
    }

    @Test
    void rowsOfAnIcebergTableWhoseWorkerIsKilled() throws Exception {
        var pictures = pictures();
        try (var broker = LocalBroker.startWithTopics();
                var registry = LocalRegistry.start();
                var system = new Answering(broker.bootstrapServers(), registry.url());
                var worker = worker(broker)) {
            var warehouse = Files.createTempDirectory(scratch, "warehouse");
            var table = sink("org.apache.iceberg.connect.IcebergSinkConnector", registry.url());
            table.put("iceberg.tables", "pictures.results");
            table.put("iceberg.tables.auto-create-enabled", "true");
            table.put("iceberg.catalog.type", "hadoop");
            table.put("iceberg.catalog.warehouse", warehouse.toUri().toString());
            table.put("iceberg.kafka.bootstrap.servers", broker.bootstrapServers());
            table.put("iceberg.control.topic", CONTROL);
            table.put("iceberg.control.commit.interval-ms", "3000");
            try (var admin = Admin.create(Map.of("bootstrap.servers", (Object) broker.bootstrapServers()))) {
                admin.createTopics(List.of(new NewTopic(CONTROL, 1, (short) 1)))
                        .all()
                        .get();
            }
            worker.put("table", table);
            var source = source(pictures, registry.url());
            worker.put("archive", source);
            Await.until("some rows", () -> {
                assertThat(worker.failures("table")).isEmpty();
                return rows(warehouse).size() > 10;
            });
            worker.kill();
            assertThat(rows(warehouse).size())
                    .as("rows before all requests were sent")
                    .isLessThan(PICTURES);
            worker.startAgain();
            source.remove("limit.rate");
            worker.put("archive", source);
            Await.until("all rows", () -> {
                restartWhatFailed(worker, "table");
                return rows(warehouse).size() >= PICTURES;
            });
            // Another commit, after which nothing may have come twice.
            Thread.sleep(6_000);
            assertThat(rows(warehouse))
                    .containsExactlyInAnyOrderElementsOf(
                            expected(system.answered().values()));
            assertThat(iceberg(warehouse, "column "))
                    .contains("caption_log_probability double", "cache_hit boolean", "attempts long")
                    .contains("completed_at timestamptz");
        }
    }

    private static List<String> rows(Path warehouse) throws Exception {
        return iceberg(warehouse, "row ");
    }

    /** What Iceberg's own reader, on the sink's jars, says in lines that begin so; nothing while there is no table. */
    private static List<String> iceberg(Path warehouse, String beginning) throws Exception {
        if (!Files.exists(warehouse.resolve("pictures/results/metadata/version-hint.text"))) {
            return List.of();
        }
        var line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                STOCK.resolve("iceberg") + "/*" + File.pathSeparator + ConnectWorker.KAFKA + "/*",
                ConnectWorker.CHECKOUT
                        .resolve("tests/connect/plugins/iceberg/IcebergRows.java")
                        .toString(),
                warehouse.toUri().toString(),
                "pictures.results"));
        line.addAll(COLUMNS);
        var problems = Files.createTempFile(scratch, "iceberg", ".err");
        var process = new ProcessBuilder(line).redirectError(problems.toFile()).start();
        try (var out = process.inputReader(StandardCharsets.UTF_8)) {
            var lines = out.lines().toList();
            assertThat(process.waitFor()).as(() -> "It says: " + problems).isZero();
            return lines.stream()
                    .filter(one -> one.startsWith(beginning))
                    .map(one -> one.substring(beginning.length()))
                    .toList();
        }
    }

    private static void restartWhatFailed(ConnectWorker worker, String name) throws Exception {
        if (!worker.failures(name).isEmpty()) {
            worker.answer("POST", "/connectors/" + name + "/restart?includeTasks=true&onlyFailed=true", null);
            Thread.sleep(2_000);
        }
    }

    private static long count(Postgres postgres) throws Exception {
        return Long.parseLong(postgres.query("select count(*) from results").getFirst());
    }

    /** One row for each result, of {@link #COLUMNS}. */
    private static List<String> expected(Collection<InferenceResult> results) {
        assertThat(results).hasSize(PICTURES);
        return results.stream()
                .map(result -> String.join(
                        "|",
                        result.getRequestId(),
                        result.getLabels().get("archive.path"),
                        result.getStatus().toString(),
                        result.getOutput() instanceof CaptionOutput caption ? caption.getText() : "null",
                        result.getError() == null ? "null" : result.getError().getMessage(),
                        "model",
                        "1",
                        "6.5"))
                .toList();
    }

    private static void same(Postgres postgres, Collection<InferenceResult> results) throws Exception {
        assertThat(postgres.query("select " + String.join(", ", COLUMNS) + " from results"))
                .containsExactlyInAnyOrderElementsOf(expected(results));
        assertThat(postgres.query("select column_name || ' ' || data_type from information_schema.columns"
                        + " where table_name = 'results'"))
                .contains("caption_log_probability double precision", "cache_hit boolean", "attempts bigint")
                .anyMatch(column -> column.startsWith("completed_at timestamp"));
    }
}
