package io.unifluid.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.unifluid.blobs.FileSystemBlobStore;
import io.unifluid.client.Cancels;
import io.unifluid.client.TopicScan;
import io.unifluid.operations.blobs.BlobCollector;
import io.unifluid.operations.deadletter.LetterFilter;
import io.unifluid.operations.deadletter.Redrive;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Caption;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.RequestState;
import io.unifluid.schemas.RequestStatus;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Topics;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.Requests;
import io.unifluid.testkit.SampleArchive;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything that a user can do to a request on its way, and everything that can become of it there. */
final class LifecycleIT {
    private static final String REPLIES = "team.replies";

    @TempDir
    static Path scratch;

    private static final Gate GATE = new Gate();
    private static WholePath path;
    private static byte[] picture;

    @BeforeAll
    static void start() throws Exception {
        path = WholePath.start(
                scratch,
                Map.of(
                        "reply-topics",
                        REPLIES,
                        "retry.first-delay",
                        "500ms",
                        "retry.jitter",
                        "0",
                        "reuse.enabled",
                        "false"),
                Optional.of(() -> new ScriptedModel(GATE::hold)));
        picture = SampleArchive.scene(0).bytes();
    }

    @AfterAll
    static void stop() {
        if (path != null) {
            path.close();
        }
    }

    @Test
    void aCancelBeforeTheRequestCancelsItAtAdmission() {
        cancel("before", "not needed");
        path.client.send(Requests.generate("probe-before", "a probe", 1).build());
        result("probe-before");
        path.client.send(Requests.generate("before", "a fox", 1).build());

        var result = result("before");
        assertThat(result.getStatus()).isEqualTo(ResultStatus.CANCELLED);
        assertThat(result.getError().getMessage()).isEqualTo("not needed");
        assertThat(result.getAttempts()).isZero();
    }

    @Test
    void aCancelReachesWorkThatWaitsAndWorkThatRuns() {
        path.client.send(Requests.generate("running", "hold running", 1).build());
        awaitHeld("hold running");
        awaitState("running", RequestState.RUNNING);
        path.client.send(Requests.generate("waiting", "a fox", 1).build());
        awaitState("waiting", RequestState.SCHEDULED);

        cancel("waiting", "");
        cancel("running", "");
        var waiting = result("waiting");
        assertThat(waiting.getStatus()).isEqualTo(ResultStatus.CANCELLED);
        assertThat(waiting.getError().getMessage()).isNotBlank().endsWith(".");
        assertThat(result("running").getStatus()).isEqualTo(ResultStatus.CANCELLED);

        GATE.letOneGo();
        oneResultEach("waiting", "running");
    }

    @Test
    void aCancelAfterTheResultChangesNothing() {
        path.client.send(Requests.generate("done", "a fox", 1).build());
        assertThat(result("done").getStatus()).isEqualTo(ResultStatus.SUCCEEDED);
        cancel("done", "too late");
        oneResultEach("done");
    }

    @Test
    void aDeadlineSaysWhereTheRequestWasWhenItPassed() {
        path.client.send(due(Requests.generate("queued", "a fox", 1), -60));
        assertThat(result("queued").getError().getKind()).isEqualTo("DEADLINE_QUEUED");

        path.client.send(due(Requests.generate("runs-late", "hold runs-late", 1), 12));
        awaitHeld("hold runs-late");
        awaitState("runs-late", RequestState.RUNNING);
        path.client.send(due(Requests.generate("waits-late", "a fox", 1), 4));

        expired("waits-late", "DEADLINE_BATCH_WAIT");
        expired("runs-late", "DEADLINE_RUNNING");
        GATE.letOneGo();
        oneResultEach("queued", "runs-late", "waits-late");
    }

    @Test
    void aTransientFailureIsTriedAgainAndAnEndlessOneFiveTimes() throws Exception {
        var store = new FileSystemBlobStore(path.blobs);
        var claim = store.put(picture).toString();

        blobStoreIsAway();
        path.client.send(claimed("comes-back", claim));
        awaitState("comes-back", RequestState.WAITING);
        blobStoreIsBack();
        var recovered = result("comes-back");
        assertThat(recovered.getStatus()).as("%s", recovered.getError()).isEqualTo(ResultStatus.SUCCEEDED);
        assertThat(recovered.getAttempts()).isBetween(2, 5);

        blobStoreIsAway();
        path.client.send(claimed("stays-away", claim));
        var failed = result("stays-away");
        blobStoreIsBack();
        assertThat(failed.getStatus()).isEqualTo(ResultStatus.FAILED);
        assertThat(failed.getError().getKind()).isEqualTo("TRANSIENT");
        assertThat(failed.getError().getMessage()).contains("Given up after 5 attempts");
        assertThat(failed.getAttempts()).isEqualTo(5);
        assertThat(states("stays-away").stream().filter(RequestState.WAITING::equals))
                .as("back-offs")
                .hasSize(4);
        oneResultEach("comes-back", "stays-away");
    }

    @Test
    void aListedReplyTopicGetsACopyAndAForeignOneIsRefused() {
        path.client.send(
                Requests.generate("reply", "a fox", 1).setReplyTopic(REPLIES).build());
        path.client.send(Requests.generate("foreign", "a fox", 1)
                .setReplyTopic("unifluid.requests")
                .build());
        assertThat(result("reply").getStatus()).isEqualTo(ResultStatus.SUCCEEDED);
        var foreign = result("foreign");
        assertThat(foreign.getStatus()).isEqualTo(ResultStatus.REJECTED);
        assertThat(foreign.getError().getKind()).isEqualTo("REPLY_TOPIC_NOT_ALLOWED");

        var copies = records(REPLIES);
        assertThat(copies).extracting(LifecycleIT::key).containsExactly("reply");
        try (var decoder = AvroSerdes.of(path.registry.url()).deserializer(Topics.RESULTS)) {
            assertThat(decoder.deserialize(REPLIES, copies.getFirst().value())).isEqualTo(result("reply"));
        }
    }

    @Test
    void aBlobStaysUntilItsRequestHasBeenFinishedForTheRetention() {
        var store = new FileSystemBlobStore(path.blobs);
        var claim = store.put(SampleArchive.scene(7).bytes());
        var collector = new BlobCollector(path.cluster(), store, "unifluid-streams");
        var week = Duration.ofDays(7);
        path.client.send(Requests.generate("holds-the-device", "hold blob", 1).build());
        awaitHeld("hold blob");
        path.client.send(claimed("claimed", claim.toString()));
        awaitState("claimed", RequestState.SCHEDULED);

        collector.collect(Instant.now().plus(Duration.ofDays(300)), week, false);
        assertThat(store.exists(claim)).as("while its request is unfinished").isTrue();
        GATE.letOneGo();
        result("claimed");
        collector.collect(Instant.now().plus(Duration.ofDays(6)), week, false);
        assertThat(store.exists(claim)).as("within the retention").isTrue();
        collector.collect(Instant.now().plus(Duration.ofDays(8)), week, false);
        assertThat(store.exists(claim)).as("after the retention").isFalse();
    }

    @Test
    void aDeadLetterIsRedrivenOnceItsSchemaIsKnown() throws Exception {
        var request = Requests.generate("redriven", "a fox", 1).build();
        var bytes = path.client.bytes(request);
        var registry = new CachedSchemaRegistryClient(path.registry.url(), 10);
        var schema = new Schema.Parser().parse(request.getSchema().toString());
        schema.addProp("variant", "first");
        int first = registry.register("variant-1", new AvroSchema(schema));
        ByteBuffer.wrap(bytes).putInt(1, first + 1); // the schema that is registered next
        path.client.send(Topics.REQUESTS.name(), "redriven", bytes, Map.of("app", "mine"));
        Await.until("the dead letter", () -> redrive(true) == 1);

        var second = new Schema.Parser().parse(request.getSchema().toString());
        second.addProp("variant", "second");
        assertThat(registry.register("variant-2", new AvroSchema(second))).isEqualTo(first + 1);
        assertThat(redrive(false)).isEqualTo(1);
        assertThat(result("redriven").getStatus()).isEqualTo(ResultStatus.SUCCEEDED);
        assertThat(redrive(false)).isZero();
        oneResultEach("redriven");
        registry.close();
    }

    private static long redrive(boolean dryRun) {
        var filter = new LetterFilter(
                Optional.empty(), Optional.of("requests"), Optional.empty(), Optional.empty(), Optional.of("redriven"));
        try (var redrive = new Redrive(path.cluster())) {
            return redrive.run(new Redrive.Wish(filter, Long.MAX_VALUE, false, dryRun), letter -> {})
                    .total();
        }
    }

    @Test
    void theStatusTopicTellsTheProgress() {
        path.client.send(Requests.generate("progress", "a fox", 1).build());
        result("progress");
        assertThat(states("progress"))
                .containsExactly(RequestState.SCHEDULED, RequestState.RUNNING, RequestState.SUCCEEDED);
        path.client.send(Requests.of("refused").build());
        result("refused");
        assertThat(states("refused")).containsExactly(RequestState.REJECTED);
    }

    private static InferenceRequest due(InferenceRequest.Builder request, int seconds) {
        return request.setDeadline(Instant.now().plusSeconds(seconds).truncatedTo(ChronoUnit.MILLIS))
                .build();
    }

    private static InferenceRequest claimed(String id, String claim) {
        return Requests.of(id)
                .setTask(Caption.newBuilder().build())
                .setImage(Requests.at(claim))
                .build();
    }

    /** A file where the folder should be: whatever is asked of the store fails, as on a share that is away. */
    private static void blobStoreIsAway() throws IOException {
        Files.move(path.blobs, scratch.resolve("blobs-away"));
        Files.writeString(path.blobs, "away");
    }

    private static void blobStoreIsBack() throws IOException {
        Files.delete(path.blobs);
        Files.move(scratch.resolve("blobs-away"), path.blobs);
    }

    private static void cancel(String requestId, String reason) {
        try (var cancels = new Cancels(path.cluster())) {
            cancels.send(List.of(requestId), Requests.TENANT, reason);
        }
    }

    private static void expired(String requestId, String kind) {
        var result = result(requestId);
        assertThat(result.getStatus()).isEqualTo(ResultStatus.EXPIRED);
        assertThat(result.getError().getKind()).isEqualTo(kind);
        assertThat(result.getError().getMessage()).contains("deadline").endsWith(".");
    }

    /** Whatever was still on its way when these ended has come through before a later request's result. */
    private static void oneResultEach(String... requestIds) {
        var probe = "probe-" + String.join("-", requestIds);
        path.client.send(Requests.generate(probe, "a probe", 1).build());
        result(probe);
        for (var id : requestIds) {
            assertThat(path.client.resultsOf(id)).as(id).hasSize(1);
        }
    }

    private static void awaitHeld(String prompt) {
        Await.until("the device to run '" + prompt + "'", () -> GATE.holds(prompt));
    }

    private static void awaitState(String requestId, RequestState state) {
        Await.until(requestId + " to be " + state, () -> states(requestId).contains(state));
    }

    private static InferenceResult result(String requestId) {
        return path.client.await(requestId, Await.PATIENCE);
    }

    private static List<RequestState> states(String requestId) {
        try (var decoder = AvroSerdes.of(path.registry.url()).deserializer(Topics.STATUS)) {
            return records(Topics.STATUS.name()).stream()
                    .filter(record -> key(record).equals(requestId))
                    .map(record -> decoder.deserialize(record.topic(), record.value()))
                    .map(RequestStatus::getState)
                    .toList();
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var scan = new TopicScan(path.cluster())) {
            scan.read(topic, records::add);
        }
        return records;
    }

    private static String key(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.key(), StandardCharsets.UTF_8);
    }
}
