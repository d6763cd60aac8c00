package io.unifluid.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.unifluid.inference.BatchOutcome;
import io.unifluid.inference.InferenceItem;
import io.unifluid.inference.families.Models;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Caption;
import io.unifluid.schemas.FailureKind;
import io.unifluid.schemas.MicroBatch;
import io.unifluid.schemas.ModelInfo;
import io.unifluid.schemas.Outcome;
import io.unifluid.schemas.OutcomeKind;
import io.unifluid.schemas.RecordHeaders;
import io.unifluid.schemas.WorkItem;
import io.unifluid.schemas.WorkerAnnouncement;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.FreePorts;
import io.unifluid.testkit.HostilePictures;
import io.unifluid.testkit.LocalBroker;
import io.unifluid.worker.config.KafkaSettings;
import io.unifluid.worker.config.WorkerSettings;
import io.unifluid.worker.config.WorkerStartException;
import io.unifluid.worker.pipeline.Batches;
import io.unifluid.worker.pipeline.ScriptedModel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole worker on a real broker. */
final class WorkerRunnerTest {
    private static final String TAKEN_INTERACTIVE =
            "unifluid_worker_batches_taken_total{lane=\"understand-interactive\"";
    private static LocalBroker broker;
    private static TestTopics topics;

    @TempDir
    private Path blobs;

    private WorkerRunner worker;

    @BeforeAll
    static void startBroker() {
        broker = LocalBroker.start(Map.of("group.share.min.record.lock.duration.ms", "1000"));
        broker.createTopics(2);
        topics = new TestTopics(broker.bootstrapServers(), AvroSerdes.of("mock://worker"));
    }

    @AfterAll
    static void stopBroker() {
        topics.close();
        broker.close();
    }

    @AfterEach
    void stopWorker() {
        if (worker != null) {
            worker.close();
        }
    }

    private WorkerSettings settings() {
        WorkerSettings settings = WorkerSettings.of(
                        broker.bootstrapServers(), "mock://worker", "noop", blobs.toString())
                .withWorker("w1");
        return settings.withKafka(settings.kafka().withLock(Duration.ofSeconds(2)))
                .withFlow(settings.flow().withLanes(List.of(Batches.LANE, "understand-interactive")));
    }

    private void start(WorkerSettings settings, Function<List<InferenceItem>, BatchOutcome> run) throws Exception {
        worker = new WorkerRunner(settings, () -> new ScriptedModel(Models.noOp(), 1, run));
        worker.start();
        assertThat(worker.awaitReady(Await.PATIENCE)).isTrue();
    }

    private void start(WorkerSettings settings) throws Exception {
        worker = new WorkerRunner(settings);
        worker.start();
        assertThat(worker.awaitReady(Await.PATIENCE)).isTrue();
    }

    @Test
    void reportsEveryItemOnceStartedAndOnceEnded() throws Exception {
        MicroBatch batch = Batches.batch(
                "plain",
                Batches.draw("plain-1"),
                Batches.caption("plain-2", Batches.png(32)),
                Batches.caption("plain-3", "this is a text".getBytes(StandardCharsets.UTF_8)));
        topics.send(batch);
        start(settings());
        List<Outcome> outcomes = topics.outcomes(Batches.ids(batch), 5, Await.PATIENCE);
        assertThat(outcomes)
                .filteredOn(outcome -> outcome.getKind() == OutcomeKind.STARTED)
                .extracting(Outcome::getRequestId)
                .containsExactlyInAnyOrder("plain-1", "plain-2");
        assertThat(outcomes)
                .filteredOn(outcome -> outcome.getKind() == OutcomeKind.SUCCEEDED)
                .allSatisfy(outcome -> {
                    assertThat(outcome.getBatch().getId()).isEqualTo("plain");
                    assertThat(outcome.getBatch().getSize()).isEqualTo(3);
                    assertThat(outcome.getModel().getName()).isEqualTo("noop");
                    assertThat(outcome.getWorker()).isEqualTo("w1");
                })
                .extracting(Outcome::getRequestId)
                .containsExactlyInAnyOrder("plain-1", "plain-2");
        assertThat(outcomes)
                .filteredOn(outcome -> outcome.getKind() == OutcomeKind.FAILED)
                .singleElement()
                .satisfies(outcome -> {
                    assertThat(outcome.getFailure()).isEqualTo(FailureKind.BAD_INPUT);
                    assertThat(outcome.getMessage()).contains("not a picture");
                });
        worker.close();
        assertThat(topics.held(Batches.LANE, Duration.ofSeconds(3)))
                .as("batches that nobody acknowledged")
                .isEmpty();
    }

    @Test
    void aPictureOfThousandsOfScansIsBadInputAtOnceAndTheWorkerGoesOn() throws Exception {
        byte[] scans = HostilePictures.bombs().stream()
                .filter(bomb -> bomb.name().startsWith("JPEG of 4000 scans"))
                .findFirst()
                .orElseThrow()
                .bytes();
        MicroBatch batch =
                Batches.batch("scans", Batches.caption("scans-1", scans), Batches.caption("scans-2", Batches.png(32)));
        topics.send(batch);
        start(settings());

        List<Outcome> outcomes = topics.outcomes(Batches.ids(batch), 3, Await.PATIENCE);

        assertThat(outcomes)
                .filteredOn(outcome -> outcome.getRequestId().equals("scans-1"))
                .singleElement()
                .satisfies(outcome -> {
                    assertThat(outcome.getKind()).isEqualTo(OutcomeKind.FAILED);
                    assertThat(outcome.getFailure()).isEqualTo(FailureKind.BAD_INPUT);
                    assertThat(outcome.getMessage()).contains("scans").doesNotContain("java");
                });
        assertThat(outcomes)
                .filteredOn(outcome -> outcome.getKind() == OutcomeKind.SUCCEEDED)
                .extracting(Outcome::getRequestId)
                .containsExactly("scans-2");
    }

    @Test
    void putsAnUndecodableRecordAsideAndGoesOn() throws Exception {
        byte[] garbage = {1, 2, 3};
        topics.sendRaw(Batches.LANE, "odd", garbage);
        topics.send(Batches.batch("after-garbage", Batches.draw("after-garbage-1")));
        start(settings());
        topics.outcomes(List.of("after-garbage-1"), 2, Await.PATIENCE);
        ConsumerRecord<byte[], byte[]> letter = topics.deadLetter("odd", Await.PATIENCE);
        assertThat(letter.value()).isEqualTo(garbage);
        assertThat(text(letter, RecordHeaders.DLQ_TOPIC)).isEqualTo("unifluid.work." + Batches.LANE);
        assertThat(text(letter, RecordHeaders.DLQ_REASON)).startsWith("The record is not a MicroBatch");
        assertThat(worker.metrics()).contains("unifluid_worker_dead_letters_total 1.0");
    }

    private static String text(ConsumerRecord<byte[], byte[]> record, String header) {
        return new String(record.headers().lastHeader(header).value(), StandardCharsets.UTF_8);
    }

    @Test
    void keepsABatchThatRunsLongerThanItsLock() throws Exception {
        CountDownLatch runs = new CountDownLatch(2);
        start(settings(), items -> {
            runs.countDown();
            sleep(Duration.ofSeconds(6)); // Three times the lock.
            return Models.noOp().run(items);
        });
        topics.send(Batches.batch("long", Batches.draw("long-1")));
        assertThat(topics.outcomes(List.of("long-1"), 2, Await.PATIENCE))
                .extracting(Outcome::getKind)
                .containsExactly(OutcomeKind.STARTED, OutcomeKind.SUCCEEDED);
        assertThat(runs.await(3, TimeUnit.SECONDS)).as("started a second time").isFalse();
        assertThat(worker.metrics()).containsPattern("unifluid_worker_locks_renewed_total [1-9]");
    }

    private static void sleep(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void afterACrashBlamesOnlyTheBatchThatWasOnTheDevice() throws Exception {
        WorkerSettings settings = settings();
        settings = settings.withKafka(settings.kafka().withLock(Duration.ofSeconds(30)));
        start(settings);
        worker.close(); // The group exists and is configured.
        MicroBatch running =
                Batches.batch("dead-running", Batches.draw("dead-1"), Batches.draw("dead-2"), Batches.draw("dead-4"));
        MicroBatch waiting = Batches.batch("dead-waiting", Batches.draw("dead-3"));
        topics.send(running);
        topics.send(waiting);
        try (ShareConsumer<byte[], byte[]> dying = topics.member(Batches.LANE)) {
            topics.takeTwo(dying, Await.PATIENCE);
            topics.report(running, OutcomeKind.STARTED, "dead-1", "dead-2");
            topics.report(running, OutcomeKind.SUCCEEDED, "dead-1");
            topics.forge(running, OutcomeKind.SUCCEEDED, "dead-4");
        }
        start(settings);
        assertThat(topics.outcomes(List.of("dead-2"), 2, Await.PATIENCE).getLast())
                .satisfies(outcome -> {
                    assertThat(outcome.getKind()).isEqualTo(OutcomeKind.FAILED);
                    assertThat(outcome.getFailure()).isEqualTo(FailureKind.CRASH);
                });
        assertThat(topics.outcomes(List.of("dead-4"), 2, Await.PATIENCE)
                        .getLast()
                        .getFailure())
                .isEqualTo(FailureKind.CRASH);
        assertThat(topics.outcomes(List.of("dead-3"), 2, Await.PATIENCE)
                        .getLast()
                        .getKind())
                .isEqualTo(OutcomeKind.SUCCEEDED);
        assertThat(topics.outcomes(List.of("dead-1"), 2, Await.PATIENCE))
                .extracting(Outcome::getKind)
                .containsExactly(OutcomeKind.STARTED, OutcomeKind.SUCCEEDED);
        assertThat(worker.metrics()).contains("unifluid_worker_items_already_reported_total 1.0");
    }

    @Test
    void endsAfterTheRunningBatchAndReleasesTheOthers() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        start(settings(), items -> {
            running.countDown();
            sleep(Duration.ofSeconds(3));
            return Models.noOp().run(items);
        });
        for (int i = 0; i < 3; i++) {
            topics.send(Batches.batch("end-" + i, Batches.draw("end-" + i)));
        }
        assertThat(running.await(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        worker.close();
        Set<String> left = topics.held(Batches.LANE, Duration.ofSeconds(3));
        assertThat(left).hasSize(2);
        Set<String> all = new java.util.HashSet<>(Set.of("end-0", "end-1", "end-2"));
        all.removeAll(left);
        assertThat(topics.outcomes(List.copyOf(all), 2, Await.PATIENCE)
                        .getLast()
                        .getKind())
                .isEqualTo(OutcomeKind.SUCCEEDED);
    }

    @Test
    void interactiveWorkOvertakesBulkWork() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        List<String> order = java.util.Collections.synchronizedList(new java.util.ArrayList<>());
        start(settings(), items -> {
            order.add(items.getFirst().id());
            first.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Models.noOp().run(items);
        });
        topics.send(Batches.batch("order-0", Batches.draw("order-0")));
        assertThat(first.await(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        topics.send(Batches.batch("order-1", Batches.draw("order-1")));
        topics.send(Batches.batch("order-2", Batches.draw("order-2")));
        MicroBatch urgent = Batches.batch("order-now", Batches.draw("order-now"));
        urgent.setLane("understand-interactive");
        topics.send(urgent);
        for (int i = 0; i < 300 && !worker.metrics().contains(TAKEN_INTERACTIVE); i++) {
            sleep(Duration.ofMillis(100));
        }
        sleep(Duration.ofMillis(500)); // Time to prepare it.
        go.countDown();
        topics.outcomes(List.of("order-1", "order-2", "order-now"), 6, Await.PATIENCE);
        assertThat(order).element(1).isEqualTo("order-now");
    }

    @Test
    void aRequestForAnotherTaskFailsAlone() throws Exception {
        MicroBatch batch = Batches.batch(
                "mixed",
                Batches.item(Batches.request("mixed-1", null)),
                Batches.item(Batches.request("mixed-2", new Caption(0, null))),
                Batches.draw("mixed-3"));
        topics.send(batch);
        start(settings());
        List<Outcome> outcomes = topics.outcomes(Batches.ids(batch), 4, Await.PATIENCE);
        assertThat(outcomes)
                .filteredOn(outcome -> outcome.getKind() == OutcomeKind.FAILED)
                .extracting(Outcome::getFailure)
                .containsExactly(FailureKind.BAD_INPUT, FailureKind.BAD_INPUT);
    }

    @Test
    void aRequestForAnotherModelIsNotRun() throws Exception {
        List<String> ran = java.util.Collections.synchronizedList(new java.util.ArrayList<>());
        start(settings(), items -> {
            items.forEach(item -> ran.add(item.id()));
            return Models.noOp().run(items);
        });
        MicroBatch batch = Batches.batch(
                "models", asking("models-1", "gpt-9"), asking("models-2", "noop"), asking("models-3", "noop@0"));
        topics.send(batch);
        List<Outcome> outcomes = topics.outcomes(Batches.ids(batch), 5, Await.PATIENCE);
        assertThat(outcomes)
                .filteredOn(outcome -> outcome.getKind() == OutcomeKind.FAILED)
                .singleElement()
                .satisfies(outcome -> {
                    assertThat(outcome.getRequestId()).isEqualTo("models-1");
                    assertThat(outcome.getFailure()).isEqualTo(FailureKind.UNKNOWN_MODEL);
                    assertThat(outcome.getMessage())
                            .isEqualTo("The request asks for the model 'gpt-9' and this worker runs noop@0: name that"
                                    + " one, leave the field out, or have a worker started with the other.");
                });
        assertThat(ran).containsExactlyInAnyOrder("models-2", "models-3");
    }

    private static WorkItem asking(String id, String model) {
        WorkItem item = Batches.draw(id);
        item.getRequest().setModel(model);
        return item;
    }

    @Test
    void saysWhatItRunsBeforeItTakesWorkAndThatItIsGone() throws Exception {
        start(settings().withWorker("presence"));
        assertThat(topics.announcements("presence", 1, Await.PATIENCE).getFirst())
                .hasValueSatisfying(said -> {
                    assertThat(said.getModel()).isEqualTo(new ModelInfo("noop", "noop", "0", "cpu"));
                    assertThat(said.getTasks()).containsExactly("caption", "edit", "generate", "vqa");
                    assertThat(said.getLanes()).containsExactlyInAnyOrder(Batches.LANE, "understand-interactive");
                    assertThat(said.getLimits().getMaxCount()).isEqualTo(8);
                    assertThat(said.getDeviceReason()).isNotBlank();
                    assertThat(said.getCard().get("purpose")).contains("looks at nothing");
                });
        List<Optional<WorkerAnnouncement>> beats = topics.announcements("presence", 2, Await.PATIENCE);
        assertThat(beats.get(1).orElseThrow().getAt())
                .isAfter(beats.get(0).orElseThrow().getAt());
        worker.close();
        List<Optional<WorkerAnnouncement>> all = topics.announcements("presence", 3, Await.PATIENCE);
        assertThat(all.getLast()).isEmpty();
    }

    @Test
    void setsTheGroupBeforeItReads() throws Exception {
        start(settings());
        try (var admin = broker.admin()) {
            var group = new org.apache.kafka.common.config.ConfigResource(
                    org.apache.kafka.common.config.ConfigResource.Type.GROUP, "unifluid-workers-" + Batches.LANE);
            var config = admin.describeConfigs(List.of(group)).all().get().get(group);
            assertThat(config.get("share.auto.offset.reset").value()).isEqualTo("earliest");
            assertThat(config.get("share.isolation.level").value()).isEqualTo("read_committed");
            assertThat(config.get("share.record.lock.duration.ms").value()).isEqualTo("2000");
        }
    }

    @Test
    void inAGroupOfItsOwnItRunsWhatIsForThatAndLeavesTheRest() throws Exception {
        MicroBatch others = Batches.batch("for-all", Batches.draw("for-all-1"));
        MicroBatch own = Batches.batch("for-own", Batches.draw("for-own-1"));
        own.setGroup("own");
        topics.send(others);
        topics.send(own);
        WorkerSettings settings = settings().withWorker("own-1");
        start(settings.withFlow(settings.flow().withGroup("own")));

        assertThat(topics.outcomes(List.of("for-own-1"), 2, Await.PATIENCE))
                .extracting(Outcome::getWorker)
                .containsOnly("own-1");
        assertThat(topics.announcements("own-1", 1, Await.PATIENCE)
                        .getFirst()
                        .orElseThrow()
                        .getGroup())
                .isEqualTo("own");
        worker.close();
        start(settings());
        assertThat(topics.outcomes(List.of("for-all-1"), 2, Await.PATIENCE))
                .extracting(Outcome::getWorker)
                .containsOnly("w1");
        try (var admin = broker.admin()) {
            var group = new org.apache.kafka.common.config.ConfigResource(
                    org.apache.kafka.common.config.ConfigResource.Type.GROUP,
                    "unifluid-workers-" + Batches.LANE + "-own");
            var config = admin.describeConfigs(List.of(group)).all().get().get(group);
            assertThat(config.get("share.auto.offset.reset").value()).isEqualTo("by_duration:PT1H");
        }
    }

    @Test
    void servesHealthAndMetrics() throws Exception {
        int port = FreePorts.take(1)[0];
        start(settings().withHttpPort(port));
        assertThat(get(port, "/health").statusCode()).isEqualTo(200);
        assertThat(get(port, "/ready").statusCode()).isEqualTo(200);
        assertThat(get(port, "/metrics").body())
                .contains("unifluid_worker_device_busy_seconds_total", "unifluid_worker_device_callers 1")
                .containsPattern("unifluid_worker_model_info\\{device=\"cpu\",.*,reason=\"[^\"]+\",.*} 1");
    }

    @Test
    void kafkasClientsAreCountedWithoutTopicsAndBrokers() throws Exception {
        start(settings());
        topics.send(Batches.batch("counted", Batches.draw("counted-1")));
        topics.outcomes(List.of("counted-1"), 2, Await.PATIENCE);
        List<String> kafka = worker.metrics()
                .lines()
                .filter(line -> line.startsWith("kafka_"))
                .toList();
        assertThat(kafka)
                .anyMatch(line -> line.matches("kafka_producer_record_send_total\\{client_id=\"w1-outcomes\"} [1-9].*"))
                .anyMatch(
                        line -> line.matches(
                                "kafka_consumer_share_fetch_manager_records_consumed_total\\{client_id=\"w1-understand-bulk-\\d\"} .*"))
                .noneMatch(line -> line.matches(".*(topic|partition|node_id)=.*"));
        assertThat(kafka.size()).as("of five clients").isLessThan(250);
    }

    /** On Linux every address that begins with 127 is the machine's own, and a port of each of them a port of its own. */
    @Test
    void servesNobodyBeyondThisMachineUnlessTold() throws Exception {
        assumeTrue(System.getProperty("os.name").equals("Linux"));
        int port = FreePorts.take(1)[0];
        start(settings().withHttpPort(port));
        assertThat(get(port, "/health").statusCode()).isEqualTo(200);
        try (ServerSocket neighbour = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.2"))) {
            assertThat(neighbour.isBound()).isTrue();
        }
    }

    private static HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void saysInOneSentenceWhyItCannotStart() throws Exception {
        try (ServerSocket busy = new ServerSocket(0)) {
            worker = new WorkerRunner(settings().withHttpPort(busy.getLocalPort()));
            assertThatThrownBy(worker::start)
                    .isInstanceOf(WorkerStartException.class)
                    .hasMessage("Port " + busy.getLocalPort()
                            + " is busy; give the worker another http-port, or 0 for none.");
        }
        WorkerSettings settings = settings();
        worker = new WorkerRunner(settings.withKafka(settings.kafka().withLock(Duration.ofHours(1))));
        assertThatThrownBy(worker::start)
                .isInstanceOf(WorkerStartException.class)
                .hasMessageContaining("share.record.lock.duration.ms");
        worker = new WorkerRunner(settings.withKafka(new KafkaSettings(
                "127.0.0.1:" + FreePorts.take(1)[0],
                "mock://worker",
                Map.of(),
                Map.of(),
                Map.of(),
                Duration.ofSeconds(30),
                Duration.ofSeconds(2))));
        assertThatThrownBy(worker::start)
                .isInstanceOf(WorkerStartException.class)
                .hasMessageContaining("did not answer within 2 s");
    }
}
