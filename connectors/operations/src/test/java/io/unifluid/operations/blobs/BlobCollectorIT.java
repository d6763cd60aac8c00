package io.unifluid.operations.blobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.blobs.BlobKey;
import io.unifluid.blobs.FileSystemBlobStore;
import io.unifluid.client.Cluster;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.GeneratedImage;
import io.unifluid.schemas.ImagesOutput;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.testkit.LocalBroker;
import io.unifluid.testkit.LocalRegistry;
import io.unifluid.testkit.Requests;
import io.unifluid.testkit.TestClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is collected and what stays, on a real broker and a folder; days pass by looking from a later day. */
final class BlobCollectorIT {
    private static final String STORE = "app" + Topics.UNFINISHED_REQUESTS_SUFFIX;
    private static final Duration WEEK = Duration.ofDays(7);

    @TempDir
    Path folder;

    private LocalBroker broker;
    private LocalRegistry registry;
    private TestClient client;
    private FileSystemBlobStore blobs;

    @BeforeEach
    void start() {
        broker = LocalBroker.startWithTopics();
        broker.createTopic(STORE, 4, Map.of("cleanup.policy", "compact"));
        registry = LocalRegistry.mock();
        client = TestClient.connect(broker, registry);
        blobs = new FileSystemBlobStore(folder);
    }

    @AfterEach
    void stop() {
        client.close();
        registry.close();
        broker.close();
    }

    @Test
    void collectsWhatNobodyNeedsAfterTheRetentionAndNotBefore() throws Exception {
        var nobodys = blob("nobody's");
        var finished = blob("finished");
        var unfinished = blob("unfinished");
        var inStore = blob("in the store, long gone from the topic");
        var settled = blob("was in the store");
        var letter = blob("dead letter");
        var picture = blob("output");
        request("finished", finished);
        result("finished", picture);
        request("unfinished", unfinished);
        client.send(STORE, "in-store", named(inStore), Map.of());
        client.send(STORE, "settled", named(settled), Map.of());
        client.send(STORE, "settled", null, Map.of());
        client.send(Topics.DEAD_LETTERS, "letter", named(letter), Map.of());

        var young = collect(Instant.now().plus(Duration.ofDays(6)), false);
        assertThat(young.removed()).isZero();
        assertThat(young.kept()).isEqualTo(Map.of(Reason.YOUNG, 7L));

        age(Duration.ofDays(30));
        var lately = collect(Instant.now().plus(Duration.ofDays(6)), true);
        assertThat(lately.kept()).isEqualTo(Map.of(Reason.RECENT, 2L, Reason.UNFINISHED, 2L, Reason.DEAD_LETTER, 1L));
        assertThat(lately.removed()).as("nobody's and the settled one").isEqualTo(2);
        assertThat(left()).hasSize(7);

        var late = collect(Instant.now().plus(Duration.ofDays(8)), false);
        assertThat(late.removed()).isEqualTo(4);
        assertThat(left()).containsExactlyInAnyOrder(unfinished, inStore, letter);
        assertThat(List.of(nobodys, finished, settled, picture)).noneMatch(blobs::exists);
    }

    @Test
    void whatFilesAndBatchesNameStaysAsLongAsTheyAreThere() throws Exception {
        client.send(Topics.FILES.name(), "acme/file-1", named(blob("of a file")), Map.of());
        client.send(Topics.BATCHES.name(), "batch_1", named(blob("of a batch")), Map.of());
        age(Duration.ofDays(30));
        var late = Instant.now().plus(Duration.ofDays(8));
        assertThat(collect(late, false).kept()).isEqualTo(Map.of(Reason.STORED, 2L));

        client.send(Topics.FILES.name(), "acme/file-1", null, Map.of());
        client.send(Topics.BATCHES.name(), "batch_1", null, Map.of());
        assertThat(collect(late, false).removed()).isEqualTo(2);
    }

    /** Its id was forgotten meanwhile, so that it counts as a new request. */
    @Test
    void aRequestSentAgainLongAfterItsResultNeedsItsBlob() throws Exception {
        var claim = blob("sent again");
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            var earlier = System.currentTimeMillis() - Duration.ofHours(2).toMillis();
            producer.send(new ProducerRecord<>(Topics.RESULTS.name(), null, earlier, "again", new byte[] {1}))
                    .get();
        }
        request("again", claim);
        assertThat(collect(Instant.now().plus(Duration.ofDays(8)), false).kept())
                .isEqualTo(Map.of(Reason.UNFINISHED, 1L));
    }

    @Test
    void aBlobPutAgainIsYoungAgain() throws Exception {
        var claim = blob("uploaded twice");
        age(Duration.ofDays(30));
        blobs.put("uploaded twice".getBytes(StandardCharsets.UTF_8));
        var summary = collect(Instant.now(), false);
        assertThat(summary.kept()).isEqualTo(Map.of(Reason.YOUNG, 1L));
        assertThat(blobs.exists(claim)).isTrue();
    }

    @Test
    void whatARequestNamedThatLeftItsTopicIsNotGuessed() throws Exception {
        var unknown = blob("named by a request that is no longer there");
        var old = blob("put long before");
        request("gone", unknown);
        try (var admin = broker.admin()) {
            for (int p = 0; p < LocalBroker.PARTITIONS; p++) {
                admin.deleteRecords(
                                Map.of(new TopicPartition(Topics.REQUESTS.name(), p), RecordsToDelete.beforeOffset(-1)))
                        .all()
                        .get();
            }
        }
        result("gone", null);
        age(Duration.ofDays(3));
        Files.setLastModifiedTime(file(old), FileTime.from(Instant.now().minus(Duration.ofDays(30))));

        var summary = collect(Instant.now().plus(Duration.ofDays(6)), false);
        assertThat(summary.kept()).isEqualTo(Map.of(Reason.RECENT, 1L));
        assertThat(left()).containsExactly(unknown);
        assertThat(collect(Instant.now().plus(Duration.ofDays(8)), false).removed())
                .isEqualTo(1);
    }

    @Test
    void removesNothingWithoutTheStreamsAppsStore() throws Exception {
        blob("old");
        age(Duration.ofDays(30));
        assertThatThrownBy(() -> new BlobCollector(cluster(), blobs, "other").collect(Instant.now(), WEEK, false))
                .isInstanceOf(EnvironmentProblem.class)
                .hasMessageContaining("--application-id");
        assertThat(left()).hasSize(1);
    }

    private BlobCollector.Summary collect(Instant now, boolean dryRun) {
        return new BlobCollector(cluster(), blobs, "app").collect(now, WEEK, dryRun);
    }

    private Cluster cluster() {
        return Cluster.of(broker.bootstrapServers(), registry.url());
    }

    private BlobKey blob(String content) {
        return blobs.put(content.getBytes(StandardCharsets.UTF_8));
    }

    private void request(String id, BlobKey claim) {
        client.send(Requests.of(id).setImage(Requests.at(claim.toString())).build());
    }

    private void result(String id, BlobKey picture) {
        var result = InferenceResult.newBuilder()
                .setRequestId(id)
                .setStatus(ResultStatus.SUCCEEDED)
                .setSubmittedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS));
        if (picture != null) {
            result.setOutput(new ImagesOutput(List.of(new GeneratedImage(Requests.at(picture.toString()), 1L, 1, 1))));
        }
        try (var serializer = AvroSerdes.of(registry.url()).serializer(Topics.RESULTS)) {
            var topic = Topics.RESULTS.name();
            client.send(topic, id, serializer.serialize(topic, result.build()), Map.of());
        }
    }

    private static byte[] named(BlobKey claim) {
        return ("xx" + claim + "yy").getBytes(StandardCharsets.UTF_8);
    }

    private List<BlobKey> left() {
        try (var all = blobs.list()) {
            return all.map(entry -> entry.key()).toList();
        }
    }

    private Path file(BlobKey key) {
        var hex = key.sha256Hex();
        return folder.resolve(hex.substring(0, 2)).resolve(hex.substring(2, 4)).resolve(hex);
    }

    /** Makes every blob older. */
    private void age(Duration by) throws Exception {
        try (Stream<io.unifluid.blobs.BlobEntry> all = blobs.list()) {
            for (var entry : all.toList()) {
                Files.setLastModifiedTime(
                        file(entry.key()), FileTime.from(entry.lastModified().minus(by)));
            }
        }
    }
}
