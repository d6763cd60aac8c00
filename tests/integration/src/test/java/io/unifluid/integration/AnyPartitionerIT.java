package io.unifluid.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.operations.audit.Auditor;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.RecordHeaders;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.LocalBroker;
import io.unifluid.testkit.Requests;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Wherever its sender puts it, an id is one request with one result. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class AnyPartitionerIT {
    private static final int PARTITIONS = LocalBroker.PARTITIONS;
    private static final int IDS = 40;

    @TempDir
    static Path scratch;

    private static final Gate GATE = new Gate();
    private static WholePath path;

    @BeforeAll
    static void start() throws Exception {
        path = WholePath.start(scratch, Map.of(), Optional.of(() -> new ScriptedModel(GATE::hold)));
    }

    @AfterAll
    static void stop() {
        if (path != null) {
            path.close();
        }
    }

    /** As librdkafka's default does it: Python, Go, C#, Node. */
    @Test
    void idsThatArePlacedByTheirCrc32HaveOneResultEach() throws Exception {
        var ids = ids("crc");
        ids.forEach(id -> send(request(id), crc32(id)));
        ids.forEach(id -> send(request(id), crc32(id)));
        oneResultEach(ids);
    }

    @Test
    void anIdOnEveryPartitionOfBothTopicsHasOneResult() throws Exception {
        var ids = ids("everywhere");
        for (int partition = 0; partition < PARTITIONS; partition++) {
            for (var id : ids) {
                send(request(id), partition);
                send(bulk(request(id)), partition);
            }
        }
        oneResultEach(ids);
    }

    @Test
    void anIdThatIsRejectedAtOnceHasOneResultOnWhateverPartitionsItLies() throws Exception {
        var ids = new ArrayList<>(ids("refused"));
        ids.addAll(ids("refused" + "-".repeat(200)));
        for (int partition = 0; partition < PARTITIONS; partition++) {
            for (var id : ids) {
                send(Requests.of(id).build(), partition);
            }
        }
        assertThat(oneResultEach(ids).values())
                .extracting(InferenceResult::getStatus)
                .containsOnly(ResultStatus.REJECTED);
    }

    @Test
    void aCancelOnAnotherPartitionCancels() throws Exception {
        path.client.send(Requests.generate("holds", "hold the device", 1).build());
        Await.until("the device to run", () -> GATE.holds("hold the device"));
        var ids = ids("cancelled");
        ids.forEach(id -> send(request(id), elsewhere(id)));
        ids.forEach(id -> path.client.cancel(id, Requests.TENANT, crc32(id)));
        ids.forEach(id -> path.client.cancel(id, Requests.TENANT, elsewhere(id)));
        assertThat(oneResultEach(ids).values())
                .extracting(InferenceResult::getStatus)
                .containsOnly(ResultStatus.CANCELLED);
        GATE.letOneGo();
        oneResultEach(List.of("holds"));
    }

    @Test
    void aCancelOnOnePartitionBeforeItsRequestOnAnotherCancels() throws Exception {
        var ids = ids("in-advance");
        ids.forEach(id -> path.client.cancel(id, Requests.TENANT, elsewhere(id)));
        quiet();
        ids.forEach(id -> send(request(id), (elsewhere(id) + 1) % PARTITIONS));
        assertThat(oneResultEach(ids).values())
                .extracting(InferenceResult::getStatus)
                .containsOnly(ResultStatus.CANCELLED);
    }

    @Test
    void aDeadLetterNamesThePlaceWhereItsSenderPutIt() throws Exception {
        var ids = ids("taken");
        ids.forEach(id -> send(request(id), elsewhere(id)));
        oneResultEach(ids);
        int before = path.client.deadLetters().size();
        var places = new ArrayList<String>();
        for (var id : ids) {
            var sent =
                    send(Requests.generate(id, "a fox", 1).setTenant("stranger").build(), elsewhere(id));
            places.add(place(sent));
        }
        var letters = path.client.awaitDeadLetters(before + ids.size(), Await.PATIENCE);
        assertThat(letters.subList(before, letters.size()))
                .extracting(letter -> letter.headers().get(RecordHeaders.DLQ_TOPIC) + "-"
                        + letter.headers().get(RecordHeaders.DLQ_PARTITION) + "@"
                        + letter.headers().get(RecordHeaders.DLQ_OFFSET))
                .containsExactlyInAnyOrderElementsOf(places);
        assertThat(letters.subList(before, letters.size()))
                .allSatisfy(letter -> assertThat(letter.headers().get(RecordHeaders.DLQ_REASON))
                        .startsWith("The requestId belongs to a request of another tenant"));
        oneResultEach(ids);
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void theTopicsProveIt() throws Exception {
        quiet();
        var report = Auditor.of(path.broker.bootstrapServers(), path.registry.url(), Duration.ZERO)
                .audit();
        assertThat(report.broken(true)).isEmpty();
    }

    private static List<String> ids(String name) {
        return IntStream.range(0, IDS).mapToObj(i -> name + "-" + i).toList();
    }

    private static InferenceRequest request(String id) {
        return Requests.generate(id, "a fox", id.hashCode()).build();
    }

    private static InferenceRequest bulk(InferenceRequest request) {
        request.setPriority(Priority.BULK);
        return request;
    }

    private static RecordMetadata send(InferenceRequest request, int partition) {
        return path.client.send(request, partition);
    }

    private static String place(RecordMetadata sent) {
        return sent.topic() + "-" + sent.partition() + "@" + sent.offset();
    }

    private static int crc32(String id) {
        var crc = new CRC32();
        crc.update(utf8(id));
        return (int) (crc.getValue() % PARTITIONS);
    }

    private static int elsewhere(String id) {
        return (Utils.toPositive(Utils.murmur2(utf8(id))) + 1) % PARTITIONS;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Once all that was sent has been worked on, so that no second result can come. */
    private static Map<String, InferenceResult> oneResultEach(List<String> ids) throws Exception {
        var results = path.client.awaitAll(ids, Await.PATIENCE);
        quiet();
        for (var id : ids) {
            assertThat(path.client.resultsOf(id)).as(id).hasSize(1);
        }
        return results;
    }

    /** Waits until the app has read all that is there, and what it passed on to itself. */
    private static void quiet() {
        try (var admin = path.broker.admin()) {
            Await.until("all to be read", () -> unread(admin) == 0);
        }
    }

    private static long unread(Admin admin) throws Exception {
        var read = admin.listConsumerGroupOffsets("unifluid-streams")
                .partitionsToOffsetAndMetadata()
                .get();
        var wanted = new HashMap<org.apache.kafka.common.TopicPartition, OffsetSpec>();
        for (var topic : read.keySet()) {
            wanted.put(topic, OffsetSpec.latest());
        }
        long unread = 0;
        for (var end : admin.listOffsets(wanted).all().get().entrySet()) {
            unread += end.getValue().offset() - read.get(end.getKey()).offset();
        }
        return unread;
    }
}
