package io.unifluid.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.schemas.Priority;
import io.unifluid.schemas.RecordHeaders;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Topics;
import io.unifluid.testkit.AppProcess;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.BatchSender;
import io.unifluid.testkit.DeadLetter;
import io.unifluid.testkit.FreePorts;
import io.unifluid.testkit.LocalBroker;
import io.unifluid.testkit.LocalRegistry;
import io.unifluid.testkit.PackedBatch;
import io.unifluid.testkit.Requests;
import io.unifluid.testkit.TestClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The streams app as a process with the heap that it has in the local stack, and batches that hold more than that: each
 * ends as a dead letter, the process goes on, and who sends to the same partition is heard.
 */
final class BatchBombsIT {
    private static final int MIB = 1024 * 1024;

    @TempDir
    static Path scratch;

    private static LocalBroker broker;
    private static LocalRegistry registry;
    private static AppProcess streams;
    private static TestClient client;
    private static BatchSender sender;
    private static int httpPort;
    private static int innocents;

    @BeforeAll
    static void start() throws Exception {
        broker = LocalBroker.startWithTopics();
        registry = LocalRegistry.shared();
        httpPort = FreePorts.take(1)[0];
        streams = AppProcess.start(
                scratch.resolve("streams.log"),
                "io.unifluid.streams.StreamsApp",
                Map.of(
                        "UNIFLUID_STREAMS_BOOTSTRAP_SERVERS", broker.bootstrapServers(),
                        "UNIFLUID_STREAMS_REGISTRY_URL", registry.url(),
                        "UNIFLUID_STREAMS_STATE_DIR", scratch.resolve("state").toString(),
                        "UNIFLUID_STREAMS_HTTP_PORT", Integer.toString(httpPort)));
        client = TestClient.connect(broker, registry);
        sender = new BatchSender(Map.of("bootstrap.servers", broker.bootstrapServers()));
        Await.until("ready", BatchBombsIT::ready);
    }

    @AfterAll
    static void stop() {
        sender.close();
        client.close();
        streams.close();
        registry.close();
        broker.close();
    }

    /** There is no worker: who asks for what is refused at once has an answer nevertheless. */
    @AfterEach
    void everyPartitionIsHeardAndNoThreadHasFailed() throws Exception {
        var ids = new ArrayList<String>();
        for (int partition = 0; partition < LocalBroker.PARTITIONS; partition++) {
            for (var priority : List.of(Priority.INTERACTIVE, Priority.BULK)) {
                var id = "innocent-" + innocents++;
                ids.add(id);
                client.send(Requests.of(id).setPriority(priority).build(), partition);
            }
        }
        client.awaitAll(ids, Await.PATIENCE)
                .values()
                .forEach(result -> assertThat(result.getStatus()).isEqualTo(ResultStatus.REJECTED));
        assertThat(ready()).isTrue();
        assertThat(streams.said()).doesNotContain("OutOfMemoryError").doesNotContain("stream thread failed");
    }

    static Stream<CompressionType> codecs() {
        return Stream.of(CompressionType.ZSTD, CompressionType.GZIP, CompressionType.LZ4);
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void oneRecordThatIsLargerThanTheHeap(CompressionType codec) {
        var key = "one-" + codec;
        for (var topic : List.of(Topics.REQUESTS, Topics.REQUESTS_INTERACTIVE, Topics.CONTROLS)) {
            send(
                    topic.name(),
                    new PackedBatch(codec).zeros(key + topic.name(), 450 * MIB).build());
        }

        for (var topic : List.of(Topics.REQUESTS, Topics.REQUESTS_INTERACTIVE, Topics.CONTROLS)) {
            var letter = letter(key + topic.name());
            assertThat(letter.value()).isEqualTo(new byte[letter.value().length]);
            assertThat(letter.headers())
                    .containsEntry(RecordHeaders.DLQ_TOPIC, topic.name())
                    .containsEntry(RecordHeaders.DLQ_VALUE_BYTES, Integer.toString(450 * MIB))
                    .hasEntrySatisfying(
                            RecordHeaders.DLQ_REASON, said -> assertThat(said).contains("unpacks to more than"));
        }
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void manyRecordsOfWhichEachIsAllowed(CompressionType codec) {
        var key = "many-" + codec;
        send(
                Topics.REQUESTS.name(),
                new PackedBatch(codec).zeros(key, 7 * MIB, 64).build());

        var last = letter(key + "-18");
        assertThat(last.headers()).containsEntry(RecordHeaders.DLQ_RECORDS_MISSING, "45");
        assertThat(letter(key + "-17").headers()).doesNotContainKey(RecordHeaders.DLQ_RECORDS_MISSING);
        assertThat(letters(key + "-19")).isEmpty();
    }

    @Test
    void onePieceOfSnappyThatIsAsLargeAsItCanBe() {
        send(
                Topics.REQUESTS.name(),
                new PackedBatch(CompressionType.SNAPPY)
                        .zeros("snappy", 150 * MIB)
                        .build());

        assertThat(letter("snappy").headers())
                .containsEntry(RecordHeaders.DLQ_VALUE_BYTES, Integer.toString(150 * MIB));
    }

    @Test
    void headersOfNothingByTheMillion() {
        send(
                Topics.REQUESTS.name(),
                new PackedBatch(CompressionType.ZSTD)
                        .headers("flood", 20_000_000)
                        .build());
        send(
                Topics.REQUESTS.name(),
                new PackedBatch(CompressionType.NONE)
                        .headers("plain-flood", 4_000_000)
                        .build());

        assertThat(letter("flood").headers()).containsEntry(RecordHeaders.DLQ_HEADERS_MISSING, "19999744");
        assertThat(letter("plain-flood").headers()).containsEntry(RecordHeaders.DLQ_HEADERS_MISSING, "3999744");
    }

    @Test
    void aRecordThatSaysThatItIsLongerThanItIs() {
        var batch = new PackedBatch(CompressionType.ZSTD)
                .value("before", "junk".getBytes(StandardCharsets.UTF_8))
                .claiming("liar", 2_000_000_000)
                .zeros("after", 10, 3);
        send(Topics.REQUESTS.name(), batch.build());
        send(
                Topics.REQUESTS.name(),
                new PackedBatch(CompressionType.LZ4).claiming("small-liar", 3).build());

        letter("before");
        Await.until("the letter of the batch", () -> damaged() == 2);
    }

    @Test
    void aHundredRecordsAsLargeAsATopicTakesThemInOnePartition() throws Exception {
        var batch = new PackedBatch(CompressionType.NONE)
                .zeros("large", Topics.MAX_RECORD_BYTES - 1000)
                .build();
        // Nobody but the app shall hold them.
        client.close();
        double before = lettersOfRequests();
        for (int i = 0; i < 100; i++) {
            send(Topics.REQUESTS.name(), batch);
        }

        Await.until("the letters", () -> lettersOfRequests() == before + 100);
        client = TestClient.connect(broker, registry);
    }

    private static double lettersOfRequests() throws Exception {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("unifluid_dead_letters_total{topic=\"unifluid.requests\"}"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private static long damaged() {
        return client.deadLetters().stream()
                .filter(letter -> letter.headers().get(RecordHeaders.DLQ_REASON).contains("cannot be unpacked"))
                .count();
    }

    private static DeadLetter letter(String key) {
        Await.until("the dead letter of " + key, () -> !letters(key).isEmpty());
        assertThat(letters(key)).hasSize(1);
        return letters(key).getFirst();
    }

    private static List<DeadLetter> letters(String key) {
        return client.deadLetters().stream()
                .filter(letter -> Arrays.equals(letter.key(), key.getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    private static void send(String topic, MemoryRecords batch) {
        sender.send(new TopicPartition(topic, 1), batch);
    }

    private static boolean ready() throws InterruptedException {
        try {
            return get("/ready").statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + path))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }
}
