package io.unifluid.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Outcome;
import io.unifluid.schemas.OutcomeKind;
import io.unifluid.schemas.RecordHeaders;
import io.unifluid.schemas.Topics;
import io.unifluid.streams.deadletter.DeadLetterHandler;
import io.unifluid.streams.deadletter.Faults;
import io.unifluid.streams.event.RecordLimits;
import io.unifluid.streams.metrics.StreamsMetrics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.errors.DeserializationExceptionHandler.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeadLetterTest {
    private static final byte[] NO_AVRO = "hello".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final DeadLetterHandler handler = new DeadLetterHandler();

    DeadLetterTest() {
        handler.configure(Map.of(Faults.CONFIG, new Faults(new StreamsMetrics(meters), RecordLimits.defaults())));
    }

    @Test
    void whatIsNotAvroKeepsItsBytesKeyAndHeadersAndSaysWhy() {
        var record = new ConsumerRecord<>(Topics.REQUESTS.name(), 3, 42, "k".getBytes(StandardCharsets.UTF_8), NO_AVRO);
        record.headers().add("traceparent", "00-aa".getBytes(StandardCharsets.UTF_8));

        var response = handler.handleError(null, record, decodingFails(AvroSerdes.of("mock://dlq"), NO_AVRO));

        assertThat(response.result()).isEqualTo(Result.RESUME);
        assertThat(response.deadLetterQueueRecords()).singleElement().satisfies(letter -> {
            assertThat(letter.topic()).isEqualTo("unifluid.dead-letters");
            assertThat(letter.key()).isEqualTo(record.key());
            assertThat(letter.value()).isEqualTo(NO_AVRO);
            assertThat(text(letter.headers(), "traceparent")).isEqualTo("00-aa");
            assertThat(text(letter.headers(), RecordHeaders.DLQ_REASON)).contains("cannot be decoded");
            assertThat(text(letter.headers(), RecordHeaders.DLQ_TOPIC)).isEqualTo("unifluid.requests");
            assertThat(text(letter.headers(), RecordHeaders.DLQ_PARTITION)).isEqualTo("3");
            assertThat(text(letter.headers(), RecordHeaders.DLQ_OFFSET)).isEqualTo("42");
            assertThat(text(letter.headers(), RecordHeaders.DLQ_AT)).isNotBlank();
        });
        assertThat(meters.get("unifluid.dead.letters")
                        .tag("topic", "unifluid.requests")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(meters.get("unifluid.requests.received").counter().count()).isEqualTo(1);
    }

    @Test
    void aSchemaThatTheRegistryDoesNotHaveIsTheRecordsFault() {
        byte[] names999 =
                ByteBuffer.allocate(6).put((byte) 0).putInt(999).put((byte) 2).array();
        var failure = decodingFails(AvroSerdes.of("mock://dlq"), names999);

        var response = handler.handleError(null, record(names999), failure);

        assertThat(response.result()).isEqualTo(Result.RESUME);
        assertThat(text(response.deadLetterQueueRecords().getFirst().headers(), RecordHeaders.DLQ_REASON))
                .contains("does not have");
    }

    @Test
    void aRegistryThatIsNotThereMakesTheThreadTryAgain() {
        byte[] wellFormed =
                ByteBuffer.allocate(6).put((byte) 0).putInt(7).put((byte) 2).array();
        var failure = decodingFails(AvroSerdes.of("http://127.0.0.1:1"), wellFormed);

        assertThat(handler.handleError(null, record(wellFormed), failure).result())
                .isEqualTo(Result.FAIL);
    }

    @Test
    void aRegistryThatIsBrokenMakesTheThreadTryAgain() {
        var failure = new SerializationException("Error retrieving", new RestClientException("Oops", 500, 50001));

        assertThat(handler.handleError(null, record(NO_AVRO), failure).result()).isEqualTo(Result.FAIL);
    }

    @Test
    void brokenAvroBehindAKnownSchemaIsTheRecordsFault() {
        var avro = AvroSerdes.of("mock://truncated");
        byte[] good = avro.serializer(Topics.REQUESTS).serialize(Topics.REQUESTS.name(), Harness.caption("r1"));
        for (int length = 5; length < good.length; length++) {
            byte[] truncated = java.util.Arrays.copyOf(good, length);
            var failure = decodingFails(avro, truncated);
            assertThat(handler.handleError(null, record(truncated), failure).result())
                    .as("first %d bytes", length)
                    .isEqualTo(Result.RESUME);
        }
        byte[] overlongNumbers = good.clone();
        java.util.Arrays.fill(overlongNumbers, 5, good.length, (byte) 0xff);
        assertThat(handler.handleError(null, record(overlongNumbers), decodingFails(avro, overlongNumbers))
                        .result())
                .isEqualTo(Result.RESUME);
    }

    @Test
    void aKeyThatIsNotTheRequestIdIsADeadLetterAndNoResult() {
        try (var app = Harness.with(folder)) {
            var request = Harness.caption("r1");
            app.request("other", request, new org.apache.kafka.common.header.internals.RecordHeaders());

            assertThat(app.results()).isEmpty();
            assertThat(app.deadLetters()).singleElement().satisfies(letter -> {
                assertThat(letter.key()).isEqualTo("other");
                assertThat(letter.value()).isEqualTo(app.encoded(request));
                assertThat(text(letter.headers(), RecordHeaders.DLQ_REASON))
                        .contains("'other'")
                        .contains("'r1'");
            });
        }
    }

    @Test
    void tombstonesAndUnknownOutcomesAreDeadLetters() {
        try (var app = Harness.with(folder)) {
            app.driver
                    .createInputTopic(Topics.REQUESTS.name(), new StringSerializer(), new ByteArraySerializer())
                    .pipeInput("r1", null);
            app.outcome(Outcome.newBuilder()
                    .setRequestId("r1")
                    .setKind(OutcomeKind.UNKNOWN)
                    .build());

            assertThat(app.deadLetters())
                    .extracting(letter -> text(letter.headers(), RecordHeaders.DLQ_TOPIC))
                    .containsExactly("unifluid.requests", "unifluid.outcomes");
        }
    }

    @Test
    void theCountsAddUp() {
        try (var app = Harness.with(folder)) {
            var noTask = Harness.caption("rejected");
            noTask.setTask(null);
            var late = Harness.caption("expired");
            late.setDeadline(Harness.START.minusSeconds(1));
            app.request("ok").request("ok").request(noTask).request(late);
            app.request(
                    "wrong-key", Harness.caption("x"), new org.apache.kafka.common.header.internals.RecordHeaders());
            app.driver
                    .createInputTopic(Topics.REQUESTS.name(), new StringSerializer(), new ByteArraySerializer())
                    .pipeInput("tombstone", null);

            assertThat(app.count("unifluid.requests.received")).isEqualTo(6);
            assertThat(app.count("unifluid.requests.admitted")).isEqualTo(2);
            assertThat(app.count("unifluid.results", "status", "REJECTED")).isEqualTo(1);
            assertThat(app.count("unifluid.events", "kind", "duplicate_request"))
                    .isEqualTo(1);
            assertThat(app.count("unifluid.dead.letters", "topic", "unifluid.requests"))
                    .isEqualTo(2);
        }
    }

    private static Exception decodingFails(AvroSerdes avro, byte[] bytes) {
        try {
            avro.deserializer(Topics.REQUESTS).deserialize(Topics.REQUESTS.name(), bytes);
        } catch (RuntimeException e) {
            return e;
        }
        throw new AssertionError("These bytes can be decoded after all.");
    }

    private static ConsumerRecord<byte[], byte[]> record(byte[] value) {
        return new ConsumerRecord<>(Topics.REQUESTS.name(), 0, 0, null, value);
    }

    private static String text(Headers headers, String name) {
        return new String(headers.lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
