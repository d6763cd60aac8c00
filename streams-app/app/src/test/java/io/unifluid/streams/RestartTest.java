package io.unifluid.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unifluid.scheduling.reuse.AttemptOutcome;
import io.unifluid.scheduling.task.Lane;
import io.unifluid.schemas.Admitted;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.MicroBatch;
import io.unifluid.schemas.ModelInfo;
import io.unifluid.schemas.Outcome;
import io.unifluid.schemas.OutcomeKind;
import io.unifluid.schemas.Topic;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.WorkItem;
import io.unifluid.schemas.WorkerAnnouncement;
import io.unifluid.streams.batching.BatchingProcessor;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.streams.deadletter.Faults;
import io.unifluid.streams.event.AttemptEnded;
import io.unifluid.streams.event.DecodedRecord;
import io.unifluid.streams.event.Encoding;
import io.unifluid.streams.event.Names;
import io.unifluid.streams.event.RecordLimits;
import io.unifluid.streams.intake.IntakeRecords;
import io.unifluid.streams.metrics.StreamsMetrics;
import io.unifluid.streams.workers.RunningWorkers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;

/** A processor that starts on the store of one that is gone. */
class RestartTest {
    private static final ModelInfo MODEL = new ModelInfo("unifluid", "reference", "1", "cpu");
    private static final int BATCHING_CLOCK = 0;

    private final StreamsSettings settings =
            Harness.settings(Path.of("unused"), "lanes.understand-bulk.max-items", "3");
    private final AvroSerdes avro = new AvroSerdes(settings.registry());
    private final KeyValueStore<String, byte[]> store = Stores.keyValueStoreBuilder(
                    Stores.inMemoryKeyValueStore(Names.WAITING_STORE), Serdes.String(), Serdes.ByteArray())
            .withLoggingDisabled()
            .build();

    private final KeyValueStore<String, byte[]> reuse = Stores.keyValueStoreBuilder(
                    Stores.inMemoryKeyValueStore(Names.REUSE_STORE), Serdes.String(), Serdes.ByteArray())
            .withLoggingDisabled()
            .build();

    @Test
    void whoWaitsForAnAnswerStillGetsItAfterARestart() {
        var before = start();
        admit(before, "a", 1, 0, "caption|-|k");
        sendWhatWaits(before);
        admit(before, "b", 1, 60, "caption|-|k");
        assertThat(before.batches()).extracting(Harness::ids).containsExactly(List.of("a"));
        before.processor.close();

        var after = start();
        sendWhatWaits(after);
        assertThat(after.batches()).isEmpty();
        admit(after, "c", 1, 70, "caption|-|k");
        attemptEnded(after, "a", "caption|-|k", AttemptOutcome.SUCCEEDED);
        assertThat(after.answered()).containsExactlyInAnyOrder("b", "c");
        after.processor.close();

        var last = start();
        admit(last, "d", 1, 80, "caption|-|k");
        assertThat(last.answered()).containsExactly("d");
        try (var left = store.all()) {
            assertThat(left).isExhausted();
        }
    }

    @Test
    void afterARestartOneOfThoseWhoWaitComputesWhenTheFirstIsGone() {
        var before = start();
        admit(before, "a", 1, 0, "caption|-|k");
        sendWhatWaits(before);
        admit(before, "b", 1, 0, "caption|-|k");
        before.processor.close();

        var after = start();
        attemptEnded(after, "a", "caption|-|k", AttemptOutcome.GONE);
        sendWhatWaits(after);
        assertThat(after.batches()).extracting(Harness::ids).containsExactly(List.of("b"));
        try (var left = reuse.all()) {
            assertThat(left).isExhausted();
        }
    }

    @Test
    void anEndThatTheVersionBeforeLeftOnTheTopicIsHeardAfterAnUpgrade() {
        var app = start();
        admit(app, "a", 1, 0, "caption|-|k");
        sendWhatWaits(app);
        admit(app, "b", 1, 60, "caption|-|k");

        var headers = new RecordHeaders();
        headers.add("unifluid.released.request", "a".getBytes(StandardCharsets.UTF_8));
        headers.add("unifluid.released.attempt", new byte[] {0, 0, 0, 1});
        headers.add("unifluid.released.key", "caption|-|k".getBytes(StandardCharsets.UTF_8));
        headers.add("unifluid.released.ending", "SUCCEEDED".getBytes(StandardCharsets.UTF_8));
        headers.add("unifluid.released.report", succeeded("a"));
        app.processor.process(new Record<>(
                Harness.BULK + "/0", new DecodedRecord<>(null, null), Harness.START.toEpochMilli(), headers));

        assertThat(app.answered()).containsExactly("b");
    }

    @Test
    void aHalfFilledBatchLeavesAfterARestart() {
        var before = start();
        admit(before, "a", 1, 0);
        admit(before, "b", 2, 10);
        assertThat(before.context.forwarded()).isEmpty();
        before.processor.close();

        var after = start();
        sendWhatWaits(after);

        assertThat(after.batches()).singleElement().satisfies(batch -> {
            assertThat(batch.getReason()).isEqualTo("MAX_WAIT");
            assertThat(Harness.ids(batch)).containsExactly("a", "b");
            assertThat(batch.getItems().get(1).getAttempt()).isEqualTo(2);
            assertThat(batch.getItems().getFirst().getRequest()).isEqualTo(Harness.caption("a"));
        });
        try (var left = store.all()) {
            assertThat(left).isExhausted();
        }
    }

    @Test
    void whatWaitedBeforeTheRestartFillsTheBatchOfWhatComesAfter() {
        var before = start();
        admit(before, "a", 1, 0);
        admit(before, "b", 1, 10);
        before.processor.close();

        var after = start();
        admit(after, "c", 1, 20);

        assertThat(after.batches()).singleElement().satisfies(batch -> {
            assertThat(batch.getReason()).isEqualTo("FULL_ITEMS");
            assertThat(Harness.ids(batch)).containsExactly("a", "b", "c");
        });
    }

    @Test
    void aDispatchThatIsRepeatedWhileItWaitsIsNotDoubled() {
        var app = start();
        admit(app, "a", 1, 0);
        admit(app, "a", 1, 5);
        admit(app, "b", 1, 10);
        assertThat(app.batches()).isEmpty();

        admit(app, "c", 1, 20);
        assertThat(Harness.ids(app.batches().getFirst())).containsExactly("a", "b", "c");
    }

    @Test
    void ofALongBacklogEachOneLeavesOnceWhateverHappensBeforeItHasBeenRead() {
        var ids = IntStream.range(0, 450).mapToObj("old-%03d"::formatted).toList();
        store.init(new MockProcessorContext<byte[], byte[]>().getStateStoreContext(), store);
        ids.forEach(id -> store.put(id, encoded(admitted(id, 1, 0, null))));

        var app = start();
        attemptEnded(app, "old-449", "caption|-|k", AttemptOutcome.GONE);
        admit(app, "old-440", 2, 10);
        admit(app, "old-441", 1, 10);
        admit(app, "new", 1, 20);
        assertThat(app.sent()).isNotEmpty();

        for (int told = 0, rounds = 0; told < app.sent().size() || rounds < 20; rounds++) {
            for (var item : app.sent().subList(told, app.sent().size())) {
                attemptEnded(app, item.getRequest().getRequestId(), item.getAttempt());
                told++;
            }
            everyClock(app);
        }

        assertThat(app.sent())
                .extracting(item -> item.getRequest().getRequestId() + "/" + item.getAttempt())
                .containsExactlyInAnyOrderElementsOf(Stream.concat(ids.stream(), Stream.of("new"))
                        .filter(id -> !id.equals("old-449"))
                        .map(id -> id + (id.equals("old-440") ? "/2" : "/1"))
                        .toList());
        try (var left = store.all()) {
            assertThat(left).isExhausted();
        }
    }

    private record Running(BatchingProcessor processor, MockProcessorContext<byte[], byte[]> context, AvroSerdes avro) {
        List<MicroBatch> batches() {
            return all("work-" + Harness.BULK, Topics.work(Harness.BULK));
        }

        List<WorkItem> sent() {
            return batches().stream()
                    .flatMap(batch -> batch.getItems().stream())
                    .toList();
        }

        List<String> answered() {
            return all(Names.OUTCOMES_SINK, Topics.OUTCOMES).stream()
                    .peek(outcome -> assertThat(StandardCharsets.UTF_8
                                    .decode(outcome.getToken().duplicate())
                                    .toString())
                            .isEqualTo("token of " + outcome.getRequestId()))
                    .map(Outcome::getRequestId)
                    .toList();
        }

        private <V extends SpecificRecord> List<V> all(String sink, Topic<V> topic) {
            return context.forwarded().stream()
                    .filter(forward -> forward.childName().equals(Optional.of(sink)))
                    .map(forward -> avro.deserializer(topic)
                            .deserialize(topic.name(), forward.record().value()))
                    .toList();
        }
    }

    private Running start() {
        var context = new MockProcessorContext<byte[], byte[]>();
        context.setCurrentSystemTimeMs(Harness.START.toEpochMilli());
        store.init(context.getStateStoreContext(), store);
        context.addStateStore(store);
        reuse.init(context.getStateStoreContext(), reuse);
        context.addStateStore(reuse);
        var metrics = new StreamsMetrics(new SimpleMeterRegistry());
        var processor = new BatchingProcessor(
                settings,
                metrics,
                new Faults(metrics, RecordLimits.defaults()),
                new Encoding(avro),
                oneWorker(),
                avro.deserializer(Topics.SCHEDULE),
                avro.deserializer(Topics.OUTCOMES),
                new IntakeRecords(new SentRecords(), avro.deserializer(Topics.REQUESTS), metrics::readAgain));
        processor.init(context);
        return new Running(processor, context, avro);
    }

    private static RunningWorkers oneWorker() {
        var workers = new RunningWorkers();
        workers.heard(
                WorkerAnnouncement.newBuilder()
                        .setWorker("worker-1")
                        .setModel(MODEL)
                        .setAt(Harness.START)
                        .build(),
                Harness.START);
        return workers;
    }

    private static void sendWhatWaits(Running app) {
        app.context.setCurrentSystemTimeMs(
                Harness.START.plus(Duration.ofMillis(50)).toEpochMilli());
        app.context
                .scheduledPunctuators()
                .get(BATCHING_CLOCK)
                .getPunctuator()
                .punctuate(app.context.currentSystemTimeMs());
    }

    private static void everyClock(Running app) {
        app.context.setCurrentSystemTimeMs(
                Harness.START.plus(Duration.ofMillis(50)).toEpochMilli());
        app.context.scheduledPunctuators().stream()
                .filter(clock -> !clock.cancelled())
                .forEach(clock -> clock.getPunctuator().punctuate(app.context.currentSystemTimeMs()));
    }

    private void attemptEnded(Running app, String id, String key, AttemptOutcome outcome) {
        var report = outcome == AttemptOutcome.SUCCEEDED ? Optional.of(succeeded(id)) : Optional.<byte[]>empty();
        attemptEnded(
                app,
                new AttemptEnded(
                        id, 1, Lane.UNDERSTAND_BULK, Optional.of(new AttemptEnded.Shared(key, outcome, report))));
    }

    private void attemptEnded(Running app, String id, int attempt) {
        attemptEnded(app, new AttemptEnded(id, attempt, Lane.UNDERSTAND_BULK, Optional.empty()));
    }

    private static void attemptEnded(Running app, AttemptEnded told) {
        var ended = told.told();
        app.processor.process(
                new Record<>(Harness.BULK + "/0", new DecodedRecord<>(ended, null), Harness.START.toEpochMilli()));
    }

    private byte[] succeeded(String id) {
        var outcome = Outcome.newBuilder()
                .setRequestId(id)
                .setKind(OutcomeKind.SUCCEEDED)
                .setModel(MODEL)
                .build();
        return avro.serializer(Topics.OUTCOMES).serialize(Topics.OUTCOMES.name(), outcome);
    }

    private void admit(Running app, String id, int attempt, long afterMillis) {
        admit(app, id, attempt, afterMillis, null);
    }

    private void admit(Running app, String id, int attempt, long afterMillis, String computationKey) {
        var admitted = admitted(id, attempt, afterMillis, computationKey);
        app.processor.process(new Record<>(
                Harness.BULK + "/0",
                new DecodedRecord<>(admitted, encoded(admitted)),
                admitted.getScheduledAt().toEpochMilli()));
    }

    private byte[] encoded(Admitted admitted) {
        return avro.serializer(Topics.SCHEDULE).serialize(Topics.SCHEDULE.name(), admitted);
    }

    private static Admitted admitted(String id, int attempt, long afterMillis, String computationKey) {
        return new Admitted(
                Harness.caption(id),
                attempt,
                false,
                Harness.BULK,
                "caption|-|p8|-|-|-",
                34.0,
                300L,
                Harness.START,
                Harness.START.plusMillis(afterMillis),
                computationKey,
                ByteBuffer.wrap(("token of " + id).getBytes(StandardCharsets.UTF_8)),
                null);
    }
}
