package io.unifluid.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Control;
import io.unifluid.schemas.ControlKind;
import io.unifluid.schemas.RecordHeaders;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Topics;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.DeadLetter;
import io.unifluid.testkit.Requests;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On a real broker: one record, whatever it is, ends itself alone; no thread fails, and the app says that it is ready. */
final class HostileRecordsIT {
    private static final int MIB = 1024 * 1024;
    private static final AtomicInteger INNOCENTS = new AtomicInteger();

    @TempDir
    static Path scratch;

    private static WholePath path;

    @BeforeAll
    static void start() throws Exception {
        path = WholePath.start(
                scratch, Map.of("watch-interval", "1s"), Optional.of(() -> new ScriptedModel(prompt -> {})));
    }

    @AfterAll
    static void stop() {
        path.close();
    }

    @AfterEach
    void nobodyElseIsHarmed() {
        for (int i = 0; i < 8; i++) {
            var id = "innocent-" + INNOCENTS.incrementAndGet();
            path.client.send(Requests.generate(id, "a fox", i).build());
            assertThat(path.client.await(id, Await.PATIENCE).getStatus()).isEqualTo(ResultStatus.SUCCEEDED);
        }
        assertThat(path.streams.meters().counter("unifluid.thread.failures").count())
                .isZero();
        assertThat(path.streams.troubles()).isEmpty();
    }

    @Test
    void aCancelWhoseIdIsLongerThanAnyTextMayBe() {
        var id = "c".repeat(70_000);
        path.client.cancel(id);

        var letter = letter(utf8(id));
        assertThat(letter.headers().get(RecordHeaders.DLQ_REASON)).contains("70000 bytes");
        assertThat(letter.value()).isNotEmpty();
    }

    @Test
    void aRequestWhoseIdTakesMegabytes() {
        var id = "i".repeat(3 * MIB);
        path.client.send(Requests.generate(id, "a fox", 1).build());

        assertThat(letter(utf8(id)).headers().get(RecordHeaders.DLQ_TOPIC))
                .isEqualTo(Topics.REQUESTS_INTERACTIVE.name());
        assertThat(path.client.resultsOf(id)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd", "lz4", "snappy"})
    void junkThatIsSmallOnTheWireAndLargerThanAnyRecordInside(String codec) {
        byte[] zeros = new byte[60 * MIB];
        send(codec, new ProducerRecord<>(Topics.REQUESTS.name(), utf8("zeros-" + codec), zeros));

        var letter = letter(utf8("zeros-" + codec));
        assertThat(letter.value()).isEqualTo(Arrays.copyOf(zeros, letter.value().length));
        assertThat(letter.headers())
                .containsEntry(RecordHeaders.DLQ_VALUE_BYTES, Integer.toString(zeros.length))
                .containsKey(RecordHeaders.DLQ_VALUE_SHA256)
                .hasEntrySatisfying(
                        RecordHeaders.DLQ_TRUNCATED, said -> assertThat(said).contains("62914560"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 60, 120, 200, 1_000, 20_000})
    void junkThatAlmostFillsARecord(int below) {
        byte[] junk = new byte[Topics.MAX_RECORD_BYTES - 150 - below];
        new java.util.Random(below).nextBytes(junk);
        send("none", new ProducerRecord<>(Topics.REQUESTS.name(), utf8("full-" + below), junk));

        var letter = letter(utf8("full-" + below));
        assertThat(letter.value().length == junk.length || letter.headers().containsKey(RecordHeaders.DLQ_TRUNCATED))
                .as("whole, or said to be cut")
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, Long.MAX_VALUE})
    void aDeadlineOutsideOfAnyCalendar(long deadline) {
        var id = "deadline" + deadline;
        path.client.send(Requests.generate(id, "a fox", 1)
                .setDeadline(Instant.ofEpochMilli(deadline))
                .setSubmittedAt(Instant.ofEpochMilli(deadline))
                .build());

        assertThat(path.client.await(id, Await.PATIENCE).getStatus())
                .isEqualTo(deadline < 0 ? ResultStatus.EXPIRED : ResultStatus.SUCCEEDED);
    }

    @Test
    void aKeyThatIsNotUtf8AndNoKeyAtAll() {
        byte[] malformed = {'r', (byte) 0xc3, '1'};
        byte[] value =
                path.client.bytes(Requests.generate("r\ufffd1", "a fox", 1).build());
        send("none", new ProducerRecord<>(Topics.REQUESTS.name(), malformed, value));
        send("none", new ProducerRecord<>(Topics.REQUESTS.name(), null, value));

        assertThat(letter(malformed).value()).isEqualTo(value);
        assertThat(letter(null).headers().get(RecordHeaders.DLQ_REASON)).contains("no key");
        assertThat(path.client.resultsOf("r\ufffd1")).isEmpty();
    }

    @Test
    void headersByTheMegabyteAndByTheThousand() {
        var value =
                path.client.bytes(Requests.generate("large-header", "a fox", 1).build());
        var large = new ProducerRecord<>(Topics.REQUESTS.name(), utf8("large-header"), value);
        large.headers().add("large", new byte[7 * MIB]);
        send("none", large);
        var bomb = new ProducerRecord<>(Topics.REQUESTS.name(), utf8("header-bomb"), value);
        bomb.headers().add("bomb", new byte[30 * MIB]);
        send("zstd", bomb);
        var many = new ProducerRecord<>(Topics.CONTROLS.name(), utf8("many-headers"), value);
        for (int i = 0; i < 10_000; i++) {
            many.headers().add("h" + i % 7, new byte[] {1});
        }
        send("none", many);
        var ours = new ProducerRecord<>(Topics.REQUESTS.name(), utf8("our-headers"), utf8("junk"));
        for (var name : List.of(
                RecordHeaders.DLQ_VALUE_BYTES,
                RecordHeaders.DLQ_KEY_SHA256,
                RecordHeaders.DLQ_HEADERS_MISSING,
                RecordHeaders.REROUTED_FROM,
                RecordHeaders.TRACEPARENT)) {
            ours.headers().add(name, null);
        }
        send("none", ours);

        for (var key : List.of("large-header", "header-bomb", "many-headers", "our-headers")) {
            assertThat(letter(utf8(key)).headers()).containsKey(RecordHeaders.DLQ_REASON);
        }
        assertThat(letter(utf8("header-bomb")).headers()).containsEntry(RecordHeaders.DLQ_HEADERS_MISSING, "1");
    }

    @Test
    void aRecordFromLastMonthMakesALetterOfToday() {
        var before = Instant.now().minusSeconds(5);
        send(
                "none",
                new ProducerRecord<>(
                        Topics.REQUESTS.name(),
                        null,
                        Instant.now().minus(Duration.ofDays(30)).toEpochMilli(),
                        utf8("old"),
                        utf8("junk")));

        letter(utf8("old"));
        assertThat(timestampOfLetter("old")).isAfter(before);
    }

    @Test
    void cancelsAndOutcomesOfAnyTime() {
        var avro = AvroSerdes.of(path.registry.url());
        for (long at : new long[] {Long.MIN_VALUE, -1, Long.MAX_VALUE}) {
            var control = new Control("c" + at, Requests.TENANT, ControlKind.CANCEL, "why", Instant.ofEpochMilli(at));
            path.client.send(
                    Topics.CONTROLS.name(),
                    "c" + at,
                    avro.serializer(Topics.CONTROLS).serialize(Topics.CONTROLS.name(), control),
                    Map.of());
        }
    }

    private static DeadLetter letter(byte[] key) {
        Await.until("the dead letter", () -> letters(key).findFirst().isPresent());
        assertThat(letters(key)).hasSize(1);
        return letters(key).findFirst().orElseThrow();
    }

    private static java.util.stream.Stream<DeadLetter> letters(byte[] key) {
        return path.client.deadLetters().stream().filter(letter -> Arrays.equals(letter.key(), key));
    }

    private static Instant timestampOfLetter(String key) {
        try (var reader = new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, path.broker.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            var partitions = reader.partitionsFor(Topics.DEAD_LETTERS).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            reader.assign(partitions);
            reader.seekToBeginning(partitions);
            while (true) {
                for (var record : reader.poll(Await.PATIENCE)) {
                    if (Arrays.equals(record.key(), utf8(key))) {
                        return Instant.ofEpochMilli(record.timestamp());
                    }
                }
            }
        }
    }

    private static void send(String codec, ProducerRecord<byte[], byte[]> record) {
        var settings = new HashMap<String, Object>();
        settings.put("bootstrap.servers", path.broker.bootstrapServers());
        settings.put("compression.type", codec);
        settings.put("max.request.size", 128 * MIB);
        settings.put("buffer.memory", 256L * MIB);
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(record).get();
        } catch (Exception e) {
            throw new IllegalStateException("The broker did not take the record.", e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
