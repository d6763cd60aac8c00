package io.unifluid.operations.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.blobs.BlobKey;
import io.unifluid.client.Cluster;
import io.unifluid.client.TopicScan;
import io.unifluid.schemas.RecordHeaders;
import io.unifluid.schemas.Topics;
import io.unifluid.testkit.LocalBroker;
import io.unifluid.testkit.LocalRegistry;
import io.unifluid.testkit.Requests;
import io.unifluid.testkit.TestClient;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Dead letters on a real broker, read, chosen and sent again. */
final class RedriveIT {
    private LocalBroker broker;
    private LocalRegistry registry;
    private TestClient client;
    private Cluster cluster;

    @BeforeEach
    void start() {
        broker = LocalBroker.startWithTopics();
        registry = LocalRegistry.mock();
        client = TestClient.connect(broker, registry);
        cluster = Cluster.of(broker.bootstrapServers(), registry.url());
    }

    @AfterEach
    void stop() {
        client.close();
        registry.close();
        broker.close();
    }

    @Test
    void sendsTheOriginalBytesKeyAndHeadersOnce() {
        letter("one", utf8("not Avro"), Topics.REQUESTS.name(), 1, 7, "cannot be decoded", Map.of("app", "mine"));
        letter("two", utf8("nor this"), Topics.OUTCOMES.name(), 0, 3, "cannot be decoded", Map.of());

        assertThat(redrive(all(true)).sent()).isEqualTo(Map.of(Topics.REQUESTS.name(), 1L, Topics.OUTCOMES.name(), 1L));
        assertThat(records(Topics.REQUESTS.name())).as("after a dry run").isEmpty();

        assertThat(redrive(all(false)).total()).isEqualTo(2);
        var again = records(Topics.REQUESTS.name());
        assertThat(again).hasSize(1);
        assertThat(again.getFirst().key()).isEqualTo(utf8("one"));
        assertThat(again.getFirst().value()).isEqualTo(utf8("not Avro"));
        assertThat(headers(again.getFirst())).isEqualTo(Map.of("app", "mine", RecordHeaders.REDRIVES, "1"));
        assertThat(records(Topics.OUTCOMES.name())).hasSize(1);

        var second = redrive(all(false));
        assertThat(second.total()).isZero();
        assertThat(second.sentBefore()).isEqualTo(2);
        assertThat(records(Topics.REQUESTS.name())).hasSize(1);

        assertThat(redrive(new Redrive.Wish(LetterFilter.ALL, Long.MAX_VALUE, true, false))
                        .total())
                .isEqualTo(2);
        var counted = records(Topics.REQUESTS.name());
        assertThat(headers(counted.getLast())).containsEntry(RecordHeaders.REDRIVES, "2");
    }

    @Test
    void whatFailsAgainIsAnotherLetterThatKeepsCounting() {
        letter("one", utf8("x"), Topics.REQUESTS.name(), 1, 7, "no schema", Map.of());
        redrive(all(false));
        letter("one", utf8("x"), Topics.REQUESTS.name(), 1, 8, "no schema", Map.of(RecordHeaders.REDRIVES, "1"));
        assertThat(redrive(all(false)).total()).isEqualTo(1);
        assertThat(headers(records(Topics.REQUESTS.name()).getLast())).containsEntry(RecordHeaders.REDRIVES, "2");
    }

    @Test
    void aRecordThatBecameADeadLetterTwiceIsSentOnce() {
        letter("one", utf8("x"), Topics.work("generate-bulk").name(), 0, 5, "no batch", Map.of());
        letter("one", utf8("x"), Topics.work("generate-bulk").name(), 0, 5, "no batch", Map.of());
        var summary = redrive(all(false));
        assertThat(summary.total()).isEqualTo(1);
        assertThat(summary.sentBefore()).isEqualTo(1);
    }

    @Test
    void leavesAloneWhatDoesNotComeFromATopicOfTheSystem() {
        letter("one", utf8("x"), "somebody.elses", 0, 5, "?", Map.of());
        client.send(Topics.DEAD_LETTERS, "two", utf8("x"), Map.of());
        var summary = redrive(all(false));
        assertThat(summary.total()).isZero();
        assertThat(summary.unroutable()).isEqualTo(2);
    }

    @Test
    void leavesAloneWhatDoesNotHoldAllOfItsRecord() {
        letter("cut", utf8("the head"), Topics.REQUESTS.name(), 0, 5, "?", Map.of(RecordHeaders.DLQ_TRUNCATED, "Cut."));
        letter("whole", utf8("all"), Topics.REQUESTS.name(), 0, 6, "?", Map.of());
        var summary = redrive(all(false));
        assertThat(summary.total()).isEqualTo(1);
        assertThat(summary.cut()).isEqualTo(1);
        assertThat(records(Topics.REQUESTS.name()))
                .singleElement()
                .satisfies(record -> assertThat(record.key()).isEqualTo(utf8("whole")));
        assertThat(redrive(new Redrive.Wish(LetterFilter.ALL, Long.MAX_VALUE, true, false))
                        .cut())
                .as("also when it shall be sent again")
                .isEqualTo(1);
    }

    @Test
    void sendsManyAndNoMoreThanTheLimit() {
        for (int i = 0; i < 250; i++) {
            letter("many-" + i, utf8("x" + i), Topics.REQUESTS.name(), 0, i, "bad", Map.of());
        }
        var most = redrive(new Redrive.Wish(LetterFilter.ALL, 101, false, false));
        assertThat(most.total()).isEqualTo(101);
        assertThat(redrive(all(false)).total()).isEqualTo(149);
        assertThat(records(Topics.REQUESTS.name()))
                .extracting(record -> new String(record.key(), StandardCharsets.UTF_8))
                .doesNotHaveDuplicates()
                .hasSize(250);
    }

    @Test
    void choosesByReasonTopicTimeTenantAndRequest() {
        var claim = BlobKey.of(utf8("a picture"));
        var wrongKey = Requests.of("right-id")
                .setTenant("acme")
                .setImage(Requests.at(claim.toString()))
                .build();
        letter("wrong-key", client.bytes(wrongKey), Topics.REQUESTS.name(), 0, 1, "The record's KEY differs", Map.of());
        letter("other", utf8("junk"), Topics.CONTROLS.name(), 0, 2, "cannot be decoded", Map.of());

        var none = Optional.<String>empty();
        var when = Optional.<Instant>empty();
        assertThat(keys(LetterFilter.ALL)).containsExactlyInAnyOrder("wrong-key", "other");
        assertThat(keys(new LetterFilter(Optional.of("key differs"), none, when, none, none)))
                .containsExactly("wrong-key");
        assertThat(keys(new LetterFilter(none, Optional.of("controls"), when, none, none)))
                .containsExactly("other");
        assertThat(keys(new LetterFilter(none, none, when, Optional.of("acme"), none)))
                .containsExactly("wrong-key");
        assertThat(keys(new LetterFilter(none, none, when, none, Optional.of("right-id"))))
                .containsExactly("wrong-key");
        assertThat(keys(new LetterFilter(none, none, when, none, Optional.of("other"))))
                .containsExactly("other");
        assertThat(keys(new LetterFilter(none, none, Optional.of(Instant.now().plusSeconds(3600)), none, none)))
                .isEmpty();

        try (var topic = new DeadLetterTopic(cluster)) {
            var found = new ArrayList<DeadLetter>();
            topic.read(new LetterFilter(none, Optional.of("requests"), when, none, none), found::add);
            assertThat(found.getFirst().claims()).containsExactly(claim);
            var place = found.getFirst().record();
            assertThat(topic.at(place.partition(), place.offset())).isPresent();
            assertThat(topic.at(0, 4711)).isEmpty();
            assertThat(topic.at(99, 0)).isEmpty();
        }
    }

    private List<String> keys(LetterFilter filter) {
        var keys = new ArrayList<String>();
        try (var topic = new DeadLetterTopic(cluster)) {
            topic.read(filter, letter -> keys.add(letter.key()));
        }
        return keys;
    }

    private Redrive.Summary redrive(Redrive.Wish wish) {
        try (var redrive = new Redrive(cluster)) {
            return redrive.run(wish, letter -> {});
        }
    }

    private static Redrive.Wish all(boolean dryRun) {
        return new Redrive.Wish(LetterFilter.ALL, Long.MAX_VALUE, false, dryRun);
    }

    private List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var scan = new TopicScan(cluster)) {
            scan.read(topic, records::add);
        }
        return records;
    }

    private static Map<String, String> headers(ConsumerRecord<byte[], byte[]> record) {
        var headers = new HashMap<String, String>();
        record.headers().forEach(h -> headers.put(h.key(), new String(h.value(), StandardCharsets.UTF_8)));
        return headers;
    }

    private void letter(
            String key, byte[] value, String topic, int partition, long offset, String why, Map<String, String> own) {
        var headers = new HashMap<>(own);
        headers.put(RecordHeaders.DLQ_REASON, why);
        headers.put(RecordHeaders.DLQ_TOPIC, topic);
        headers.put(RecordHeaders.DLQ_PARTITION, Integer.toString(partition));
        headers.put(RecordHeaders.DLQ_OFFSET, Long.toString(offset));
        headers.put(RecordHeaders.DLQ_AT, Instant.now().toString());
        client.send(Topics.DEAD_LETTERS, key, value, headers);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
