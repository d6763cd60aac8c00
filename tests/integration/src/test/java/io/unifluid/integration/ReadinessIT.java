package io.unifluid.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.client.Cluster;
import io.unifluid.operations.transactions.Transactions;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Topics;
import io.unifluid.stack.TransactionWatch;
import io.unifluid.streams.StreamsAppRunner;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.FreePorts;
import io.unifluid.testkit.LocalBroker;
import io.unifluid.testkit.LocalRegistry;
import io.unifluid.testkit.Requests;
import io.unifluid.testkit.TestClient;
import io.unifluid.worker.WorkerRunner;
import io.unifluid.worker.config.WorkerSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The streams app says when it cannot take requests, why, and what to do; and it loses none of them meanwhile. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ReadinessIT {
    private static final int PARTITIONS = 2;
    private static final List<String> BY_REQUEST_ID = Stream.concat(
                    Stream.of(Topics.REQUESTS_INTERACTIVE, Topics.REQUESTS, Topics.CONTROLS, Topics.OUTCOMES)
                            .map(topic -> topic.name()),
                    Topics.REROUTES.stream())
            .toList();

    @TempDir
    static Path scratch;

    private static final List<AutoCloseable> OPEN = new ArrayList<>();
    private static LocalBroker broker;
    private static LocalRegistry registry;
    private static GuardedRegistry door;
    private static TestClient client;
    private static StreamsAppRunner streams;
    private static WorkerRunner worker;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        // It begins to delete what is too old after half a minute otherwise, on a slow machine before it was read.
        broker = opened(LocalBroker.start(Map.of("log.initial.task.delay.ms", "3600000")));
        broker.createTopics(PARTITIONS);
        registry = opened(LocalRegistry.shared());
        door = opened(GuardedRegistry.before(registry.url()));
        client = opened(TestClient.connect(broker, registry));
        startStreams("state");
        startWorker();
        assertThat(ready().statusCode()).as(ready().body()).isEqualTo(200);
        succeeds("first");
    }

    @AfterAll
    static void stop() throws Exception {
        worker.close();
        streams.close();
        for (var one : OPEN.reversed()) {
            one.close();
        }
    }

    @AfterEach
    void isReadyAgain() {
        Await.until("to be ready again", () -> ready().statusCode() == 200);
    }

    @Test
    void aRegistryThatRefusesIsSaidSoAreUnreadRecordsNearTheEndOfTheirRetentionAndNothingIsLost() throws Exception {
        // Before so many stream threads have failed that it must be calm for a minute.
        retention(Topics.REQUESTS_INTERACTIVE.name(), 8_000);
        door.refuseEverybody(401);
        says("registry: ", "HTTP 401", "registry.basic.auth.user.info");
        assertThat(status("/health")).as("the process is worth keeping").isEqualTo(200);

        byte[] needsTheRegistry =
                ByteBuffer.allocate(9).put((byte) 0).putInt(987_654).putInt(42).array();
        for (int i = 0; i < 4 * PARTITIONS; i++) {
            client.send(Topics.REQUESTS_INTERACTIVE.name(), "unknown-" + i, needsTheRegistry, Map.of());
        }
        for (int i = 0; i < 4 * PARTITIONS; i++) {
            client.send(Requests.generate("behind-" + i, "a fox", i).build());
        }
        says("retention: ", Topics.REQUESTS_INTERACTIVE.name(), "retention.ms");
        assertThat(client.deadLetters()).as("before the registry has spoken").isEmpty();

        door.refuseEverybody(0);
        for (int i = 0; i < 4 * PARTITIONS; i++) {
            assertThat(client.await("behind-" + i, Await.PATIENCE).getStatus()).isEqualTo(ResultStatus.SUCCEEDED);
        }
        client.awaitDeadLetters(4 * PARTITIONS, Await.PATIENCE);
        retention(Topics.REQUESTS_INTERACTIVE.name(), Duration.ofDays(7).toMillis());
    }

    @Test
    void whatTheJvmAndKafkasClientsCountStandsBesideItsOwnAndIsFew() {
        var families = new TreeSet<String>();
        var series = get("/metrics")
                .body()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .toList();
        series.forEach(line -> families.add(line.replaceAll("[{ ].*", "")));
        assertThat(families)
                .contains(
                        "unifluid_requests_received_total",
                        "jvm_memory_used_bytes",
                        "process_uptime_seconds",
                        "kafka_stream_thread_commit_total",
                        "kafka_consumer_coordinator_rebalance_total",
                        "kafka_producer_record_send_total");
        assertThat(series)
                .filteredOn(line -> line.startsWith("kafka_"))
                .noneMatch(line -> line.contains("partition=") || line.contains("task_id="))
                .hasSizeLessThan(1_000);
    }

    @Test
    void aTopicThatIsGoneIsNamedUntilItIsBack() throws Exception {
        var gone = Topics.lanes().getLast().name();
        try (var admin = broker.admin()) {
            admin.deleteTopics(List.of(gone)).all().get();
        }
        says("topics: ", gone, "create them again");

        broker.createTopic(gone, 1, Topics.lanes().getLast().config());
        isReadyAgain();
        succeeds("after");
    }

    /** The last, since the partitions stay raised. */
    @Test
    @Order(Integer.MAX_VALUE)
    void partitionsThatAreRaisedWhileItRunsAreSaidAndGoOnAsTheReadmeSays() throws Exception {
        raise(List.of(Topics.REQUESTS_INTERACTIVE.name()), 2 * PARTITIONS);
        says("partitions: ", "unifluid.requests.interactive has 4", "unifluid.controls", "More partitions");

        var ids = new ArrayList<String>();
        try (var later = TestClient.connect(broker, registry)) {
            for (int i = 0; i < 20; i++) {
                ids.add("raised-" + i);
                later.send(Requests.generate(ids.getLast(), "a fox", i).build(), PARTITIONS + i % PARTITIONS);
            }
            assertThat(ids)
                    .as("what lies where nobody reads")
                    .allMatch(id -> later.resultsOf(id).isEmpty());
            worker.close();
            streams.close();
            raise(
                    BY_REQUEST_ID.stream()
                            .filter(topic -> !topic.equals(Topics.REQUESTS_INTERACTIVE.name()))
                            .toList(),
                    2 * PARTITIONS);
            deleteTopicsOfTheLifecycle();
            startStreams("state-anew");
            startWorker();

            var results = later.awaitAll(ids, Await.PATIENCE);
            assertThat(results.values())
                    .allSatisfy(result -> assertThat(result.getStatus()).isEqualTo(ResultStatus.SUCCEEDED));
            assertThat(ids).allSatisfy(id -> assertThat(later.resultsOf(id)).hasSize(1));
        }
    }

    @Test
    void aTransactionThatNobodyWillEndIsSaidAndEnded() throws Exception {
        leaveHanging(new TopicPartition(Topics.OUTCOMES.name(), 0));
        says("transactions: ", Topics.OUTCOMES.name() + "-0", "unifluid transactions --abort");
        var cluster = Cluster.of(broker.bootstrapServers(), registry.url());
        assertThat(Transactions.hanging(cluster, Duration.ofSeconds(1), false))
                .extracting(one -> one.partition().toString())
                .containsExactly(Topics.OUTCOMES.name() + "-0");

        var news = new CopyOnWriteArrayList<String>();
        try (var watch = new TransactionWatch(
                broker.bootstrapServers(), news::add, Duration.ofMillis(200), Duration.ofSeconds(1))) {
            watch.start();
            Await.until("it is ended", () -> !news.isEmpty());
        }
        assertThat(news)
                .allMatch(line -> line.contains(Topics.OUTCOMES.name() + "-0") && line.endsWith("it was aborted"));
        isReadyAgain();
        for (int i = 0; i < 2 * PARTITIONS; i++) {
            succeeds("behind-it-" + i);
        }
    }

    /** A transaction that its coordinator has lost: its entry in Kafka's own topic is deleted. */
    private void leaveHanging(TopicPartition partition) throws Exception {
        var bytes = new ByteArraySerializer();
        var producer = new KafkaProducer<>(
                Map.<String, Object>of(
                        "bootstrap.servers", broker.bootstrapServers(), "transactional.id", "will-be-lost"),
                bytes,
                bytes);
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(partition.topic(), partition.partition(), new byte[0], new byte[0]))
                .get();
        producer.close(Duration.ZERO);
        var entry = coordinatorsEntry("will-be-lost");
        try (var kafka = new KafkaProducer<>(
                // The name by which a broker lets Kafka's own topics be written.
                Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers(), "client.id", "__admin_client"),
                bytes,
                bytes)) {
            kafka.send(new ProducerRecord<>(entry.topic(), entry.partition(), entry.key(), null))
                    .get();
        }
        broker.stop();
        broker.startAgain();
    }

    private ConsumerRecord<byte[], byte[]> coordinatorsEntry(String transactionalId) {
        var bytes = new ByteArrayDeserializer();
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers(), "auto.offset.reset", "earliest"),
                bytes,
                bytes)) {
            consumer.assign(consumer.partitionsFor("__transaction_state").stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList());
            while (true) {
                for (var record : consumer.poll(Duration.ofSeconds(1))) {
                    if (new String(record.key(), StandardCharsets.UTF_8).contains(transactionalId)) {
                        return record;
                    }
                }
            }
        }
    }

    private static void startStreams(String state) throws InterruptedException {
        port = FreePorts.take(1)[0];
        streams = new StreamsAppRunner(StreamsSettings.of(Map.of(
                        "bootstrap-servers",
                        broker.bootstrapServers(),
                        "registry-url",
                        door.url(),
                        "registry.basic.auth.credentials.source",
                        "USER_INFO",
                        "registry.basic.auth.user.info",
                        GuardedRegistry.USER_INFO,
                        "registry.max.retries",
                        "0",
                        "watch-interval",
                        "500ms",
                        "http-port",
                        Integer.toString(port),
                        "state-dir",
                        scratch.resolve(state).toString())))
                .start();
        assertThat(streams.awaitReady(Await.PATIENCE)).isTrue();
    }

    private static void startWorker() throws InterruptedException {
        worker = new WorkerRunner(WorkerSettings.of(
                broker.bootstrapServers(),
                registry.url(),
                "noop",
                scratch.resolve("blobs").toString()));
        worker.start();
        assertThat(worker.awaitReady(Await.PATIENCE)).isTrue();
    }

    private static void succeeds(String id) {
        client.send(Requests.generate(id, "a fox", 1).build());
        assertThat(client.await(id, Await.PATIENCE).getStatus()).isEqualTo(ResultStatus.SUCCEEDED);
    }

    private void says(String check, String... words) {
        Await.until(
                "'" + check + "' to say so",
                () -> ready().statusCode() == 503
                        && ready().body()
                                .lines()
                                .anyMatch(line -> line.startsWith(check)
                                        && Stream.of(words).allMatch(line::contains)));
    }

    private void retention(String topic, long millis) throws Exception {
        try (var admin = broker.admin()) {
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, topic),
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("retention.ms", Long.toString(millis)), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
    }

    private void raise(List<String> topics, int partitions) throws Exception {
        try (var admin = broker.admin()) {
            admin.createPartitions(topics.stream()
                            .collect(Collectors.toMap(topic -> topic, _ -> NewPartitions.increaseTo(partitions))))
                    .all()
                    .get();
        }
    }

    private void deleteTopicsOfTheLifecycle() throws Exception {
        try (var admin = broker.admin()) {
            admin.deleteTopics(List.of(
                            "unifluid-streams-lifecycle-states-changelog",
                            "unifluid-streams-unfinished-requests-changelog"))
                    .all()
                    .get();
        }
    }

    private static HttpResponse<String> ready() {
        return get("/ready");
    }

    private int status(String path) {
        return get(path).statusCode();
    }

    private static HttpResponse<String> get(String path) {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static <C extends AutoCloseable> C opened(C one) {
        OPEN.add(one);
        return one;
    }
}
