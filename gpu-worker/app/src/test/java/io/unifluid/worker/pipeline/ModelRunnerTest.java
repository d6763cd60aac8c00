package io.unifluid.worker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unifluid.blobs.BlobStores;
import io.unifluid.blobs.fetch.ClaimCheck;
import io.unifluid.inference.BatchOutcome;
import io.unifluid.inference.InferenceItem;
import io.unifluid.inference.families.Models;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.FailureKind;
import io.unifluid.schemas.Outcome;
import io.unifluid.schemas.OutcomeKind;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.WorkItem;
import io.unifluid.worker.config.Lane;
import io.unifluid.worker.metrics.WorkerMetrics;
import io.unifluid.worker.sharegroup.AcquiredBatch;
import io.unifluid.worker.sharegroup.PollGate;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModelRunnerTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Lane LANE = new Lane(Batches.LANE, 2);

    @TempDir
    private Path blobs;

    private final AvroSerdes serdes = AvroSerdes.of("mock://device");
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final WorkerMetrics metrics = new WorkerMetrics(meters);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final BlockingQueue<AcquiredBatch> settled = new LinkedBlockingQueue<>();
    private ModelRunner device;
    private final List<Thread> deviceThreads = new ArrayList<>();
    private long offset;

    private void start(Duration stuckAfter, Function<List<InferenceItem>, BatchOutcome> run) {
        start(1, stuckAfter, run);
    }

    private void start(int callers, Duration stuckAfter, Function<List<InferenceItem>, BatchOutcome> run) {
        ScriptedModel model = new ScriptedModel(Models.noOp(), callers, run);
        device = new ModelRunner(
                model,
                new OutcomeMapper("w", model.info(), new ClaimCheck(BlobStores.open(blobs.toString()))),
                new Publisher(producer, serdes.serializer(Topics.OUTCOMES), () -> false, metrics),
                true,
                stuckAfter,
                threads,
                () -> NOW,
                metrics);
        for (int i = 0; i < callers; i++) {
            deviceThreads.add(Thread.ofPlatform().daemon().start(device));
        }
    }

    @AfterEach
    void stop() {
        device.drain();
        threads.close();
    }

    private ReadyBatch ready(WorkItem... items) throws Exception {
        AcquiredBatch held = new AcquiredBatch(
                LANE,
                new ConsumerRecord<>(
                        LANE.topic(),
                        0,
                        offset++,
                        0L,
                        TimestampType.CREATE_TIME,
                        0,
                        0,
                        null,
                        new byte[0],
                        new RecordHeaders(),
                        Optional.empty(),
                        Optional.of((short) 1)),
                new PollGate(9),
                settled::add);
        List<ReadyBatch.Prepared> prepared = new ArrayList<>();
        for (WorkItem item : items) {
            prepared.add(new ReadyBatch.Prepared.Runnable(
                    item, WorkItemMapper.item(item.getRequest(), Optional.empty()), 0, 0));
        }
        return new ReadyBatch(held, Batches.batch("b", items), prepared);
    }

    private AcknowledgeType settlement() throws InterruptedException {
        AcquiredBatch held = settled.poll(5, TimeUnit.MINUTES);
        assertThat(held).as("a settled batch").isNotNull();
        return held.settlement();
    }

    private List<Outcome> written() {
        return producer.history().stream()
                .map(record -> serdes.deserializer(Topics.OUTCOMES).deserialize(record.topic(), record.value()))
                .toList();
    }

    @Test
    void saysThatItStartsBeforeItSaysThatItEnded() throws Exception {
        start(Duration.ofMinutes(1), items -> Models.noOp().run(items));
        device.offer(ready(Batches.draw("a"), Batches.draw("b")));
        assertThat(settlement()).isEqualTo(AcknowledgeType.ACCEPT);
        assertThat(written())
                .extracting(Outcome::getKind)
                .containsExactly(
                        OutcomeKind.STARTED, OutcomeKind.STARTED, OutcomeKind.SUCCEEDED, OutcomeKind.SUCCEEDED);
    }

    @Test
    void whatCannotBeReportedAtAllIsReleased() throws Exception {
        producer.close();
        start(Duration.ofMinutes(1), items -> Models.noOp().run(items));
        device.offer(ready(Batches.draw("a")));
        assertThat(settlement()).isEqualTo(AcknowledgeType.RELEASE);
    }

    @Test
    void survivesAModelThatThrows() throws Exception {
        start(Duration.ofMinutes(1), items -> {
            switch (items.getFirst().id()) {
                case "bug" -> throw new IllegalStateException("graph broken");
                case "memory" -> throw new OutOfMemoryError("no more");
                case "short" -> {
                    return new BatchOutcome(List.of(), 0, 0, 0, 0);
                }
                default -> {
                    return Models.noOp().run(items);
                }
            }
        });
        for (String id : List.of("bug", "memory", "short", "fine")) {
            device.offer(ready(Batches.draw(id)));
            assertThat(settlement()).isEqualTo(AcknowledgeType.ACCEPT);
        }
        assertThat(written())
                .filteredOn(outcome -> outcome.getKind() != OutcomeKind.STARTED)
                .extracting(Outcome::getFailure)
                .containsExactly(FailureKind.MODEL, FailureKind.OUT_OF_MEMORY, FailureKind.MODEL, null);
        assertThat(written())
                .filteredOn(outcome -> outcome.getRequestId().equals("bug"))
                .last()
                .extracting(Outcome::getMessage)
                .isEqualTo("The model failed on the batch: graph broken.");
    }

    @Test
    void doesNotRunWhatIsTooLate() throws Exception {
        BlockingQueue<String> ran = new LinkedBlockingQueue<>();
        start(Duration.ofMinutes(1), items -> {
            items.forEach(item -> ran.add(item.id()));
            return Models.noOp().run(items);
        });
        WorkItem late = Batches.draw("late");
        late.getRequest().setDeadline(NOW);
        WorkItem inTime = Batches.draw("in-time");
        inTime.getRequest().setDeadline(NOW.plusMillis(1));
        device.offer(ready(late, inTime));
        assertThat(settlement()).isEqualTo(AcknowledgeType.ACCEPT);
        assertThat(ran).containsExactly("in-time");
        assertThat(written())
                .filteredOn(outcome -> outcome.getRequestId().equals("late"))
                .singleElement()
                .satisfies(outcome -> {
                    assertThat(outcome.getFailure()).isEqualTo(FailureKind.TRANSIENT);
                    assertThat(outcome.getMessage())
                            .isEqualTo("The deadline passed before the device took the request.");
                });
    }

    @Test
    void givesUpARunThatIsStuck() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(1);
        start(Duration.ofNanos(1), items -> {
            running.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Models.noOp().run(items);
        });
        device.offer(ready(Batches.draw("a")));
        assertThat(running.await(5, TimeUnit.MINUTES)).isTrue();
        assertThat(device.stuck()).isFalse();
        device.watch();
        assertThat(device.stuck()).isTrue();
        assertThat(settlement()).isEqualTo(AcknowledgeType.RELEASE);
        go.countDown();
    }

    @Test
    void drainingFinishesTheRunningBatchAndReleasesTheOthers() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(1);
        start(Duration.ofMinutes(1), items -> {
            running.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Models.noOp().run(items);
        });
        ReadyBatch first = ready(Batches.draw("a"));
        ReadyBatch second = ready(Batches.draw("b"));
        device.offer(first);
        assertThat(running.await(5, TimeUnit.MINUTES)).isTrue();
        device.offer(second);
        device.drain();
        assertThat(settlement()).isEqualTo(AcknowledgeType.RELEASE);
        assertThat(second.held().settlement()).isEqualTo(AcknowledgeType.RELEASE);
        go.countDown();
        assertThat(settlement()).isEqualTo(AcknowledgeType.ACCEPT);
        ReadyBatch third = ready(Batches.draw("c"));
        device.offer(third);
        assertThat(third.held().settlement()).isEqualTo(AcknowledgeType.RELEASE);
        for (Thread thread : deviceThreads) {
            thread.join(10_000);
            assertThat(thread.isAlive()).isFalse();
        }
    }

    /** A run that lasts until its own gate opens, and says that it has begun. */
    private static final class Gates {
        private final Map<String, CountDownLatch> open =
                Map.of("a", new CountDownLatch(1), "b", new CountDownLatch(1), "c", new CountDownLatch(1));
        private final BlockingQueue<String> begun = new LinkedBlockingQueue<>();

        BatchOutcome run(List<InferenceItem> items) {
            String id = items.getFirst().id();
            begun.add(id);
            try {
                open.get(id).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Models.noOp().run(items);
        }

        void await(String... ids) throws InterruptedException {
            List<String> seen = new ArrayList<>();
            for (int i = 0; i < ids.length; i++) {
                seen.add(begun.poll(5, TimeUnit.MINUTES));
            }
            assertThat(seen).containsExactlyInAnyOrder(ids);
        }

        void open(String id) {
            open.get(id).countDown();
        }
    }

    @Test
    void runsAsManyBatchesAtOnceAsTheModelTakesAndNoMore() throws Exception {
        Gates gates = new Gates();
        start(2, Duration.ofMinutes(1), gates::run);
        assertThat(meters.get("unifluid.worker.device.callers").gauge().value()).isEqualTo(2);
        for (String id : List.of("a", "b", "c")) {
            device.offer(ready(Batches.draw(id)));
        }
        gates.await("a", "b");
        assertThat(meters.get("unifluid.worker.device.batches").gauge().value()).isEqualTo(2);
        assertThat(gates.begun).isEmpty();
        gates.open("b");
        assertThat(settlement()).isEqualTo(AcknowledgeType.ACCEPT);
        gates.await("c");
        gates.open("c");
        gates.open("a");
        settlement();
        settlement();
        assertThat(written())
                .filteredOn(outcome -> outcome.getKind() == OutcomeKind.SUCCEEDED)
                .extracting(Outcome::getRequestId)
                .startsWith("b")
                .containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void besideARunThatIsStuckOthersGoOnAndTheDeviceIsStuckUntilItEnds() throws Exception {
        Gates gates = new Gates();
        start(2, Duration.ofNanos(1), gates::run);
        device.offer(ready(Batches.draw("a")));
        gates.await("a");
        device.watch();
        assertThat(settlement()).isEqualTo(AcknowledgeType.RELEASE);
        device.offer(ready(Batches.draw("b")));
        gates.await("b");
        gates.open("b");
        assertThat(settlement()).isEqualTo(AcknowledgeType.ACCEPT);
        assertThat(device.stuck()).isTrue();
        gates.open("a");
        device.drain();
        for (Thread thread : deviceThreads) {
            thread.join(10_000);
        }
        assertThat(device.stuck()).isFalse();
    }

    @Test
    void drainingFinishesAllThatRun() throws Exception {
        Gates gates = new Gates();
        start(2, Duration.ofMinutes(1), gates::run);
        List<ReadyBatch> batches = new ArrayList<>();
        for (String id : List.of("a", "b", "c")) {
            batches.add(ready(Batches.draw(id)));
            device.offer(batches.getLast());
        }
        gates.await("a", "b");
        device.drain();
        assertThat(batches.getLast().held().settlement()).isEqualTo(AcknowledgeType.RELEASE);
        gates.open("a");
        gates.open("b");
        for (Thread thread : deviceThreads) {
            thread.join(10_000);
            assertThat(thread.isAlive()).isFalse();
        }
        for (int i = 0; i < 3; i++) {
            settlement();
        }
        assertThat(batches)
                .extracting(batch -> batch.held().settlement())
                .containsExactly(AcknowledgeType.ACCEPT, AcknowledgeType.ACCEPT, AcknowledgeType.RELEASE);
    }
}
