package io.unifluid.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.operations.audit.AuditReport;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Topics;
import io.unifluid.testkit.SampleArchive;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both apps are killed under load on a real broker; then the auditor must notice what was never there to notice. */
final class ShortChaosIT {
    private static final long SEED = 20;
    private static final int REQUESTS = 1_500;
    private static final double RATE = 40;
    /** Times are not judged here, so that a slow machine is only slow. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @TempDir
    Path data;

    @Test
    void nothingIsLostOrDoubledWhenBothAppsAreKilledAndSabotageIsFound() throws Exception {
        // tests/testkit finds the archive upwards from the module's folder; the checkout is two folders above it.
        var checkout = SampleArchive.folder().getParent().getParent();
        var cache = checkout.resolve("tests/chaos/target/cache");
        try (var cluster = Cluster.start(checkout, data, cache, Shape.SMALLEST, "noop")) {
            var run = new ChaosRun(cluster, SEED, RATE, REQUESTS, PATIENCE, System.out::println);
            var faults = List.of(
                    new Fault(FaultKind.KILL_WORKER, 0, Duration.ofSeconds(6), Duration.ofSeconds(1)),
                    new Fault(FaultKind.KILL_STREAMS, 0, Duration.ofSeconds(5), Duration.ofSeconds(1)));

            var report = run.run(faults, Shape.SMALLEST, "noop");

            assertThat(report.broken()).isEmpty();
            assertThat(report.refused()).isZero();
            assertThat(report.requests()).isGreaterThanOrEqualTo(REQUESTS);
            assertThat(report.sentTwice()).isPositive();
            assertThat(report.notSucceeded()).as("%s", report.byStatus()).isZero();
            assertThat(report.endedByThemselves()).isEmpty();

            cluster.stopStreams();
            sabotage(cluster, run);
        }
    }

    private static void sabotage(Cluster cluster, ChaosRun run) throws Exception {
        publish(cluster, "chaos-" + SEED + "-7");
        assertOnly(run.audit(), "1 results are not the first of their request (chaos-" + SEED + "-7).");

        publish(cluster, "stranger");
        assertThat(run.audit().broken(true)).hasSize(2).contains("1 results have no request (stranger).");

        withholdOne(cluster);
        assertThat(run.audit().broken(true))
                .hasSize(3)
                .anyMatch(sentence -> sentence.matches("1 of \\d+ requests have no result \\(chaos-20-\\d+\\)\\."));
    }

    private static void assertOnly(AuditReport report, String sentence) {
        assertThat(report.broken(true)).containsExactly(sentence);
    }

    private static void publish(Cluster cluster, String requestId) throws Exception {
        var result = InferenceResult.newBuilder()
                .setRequestId(requestId)
                .setStatus(ResultStatus.SUCCEEDED)
                .setSubmittedAt(Instant.EPOCH)
                .build();
        try (var serializer = AvroSerdes.of(cluster.registryUrl()).serializer(Topics.RESULTS);
                var producer = new KafkaProducer<>(
                        Map.<String, Object>of("bootstrap.servers", cluster.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            Topics.RESULTS.name(),
                            requestId.getBytes(StandardCharsets.UTF_8),
                            serializer.serialize(Topics.RESULTS.name(), result)))
                    .get();
        }
    }

    /** Cuts the first result off a partition. */
    private static void withholdOne(Cluster cluster) throws Exception {
        var partition = new TopicPartition(Topics.RESULTS.name(), 0);
        try (var admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
            long first = admin.listOffsets(Map.of(partition, OffsetSpec.earliest()))
                    .partitionResult(partition)
                    .get()
                    .offset();
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(first + 1)))
                    .all()
                    .get();
        }
    }
}
