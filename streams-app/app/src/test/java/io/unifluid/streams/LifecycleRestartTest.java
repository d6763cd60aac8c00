package io.unifluid.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Control;
import io.unifluid.schemas.ControlKind;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.Topics;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.streams.deadletter.Faults;
import io.unifluid.streams.event.DecodedRecord;
import io.unifluid.streams.event.Encoding;
import io.unifluid.streams.event.Home;
import io.unifluid.streams.event.Names;
import io.unifluid.streams.event.RecordLimits;
import io.unifluid.streams.intake.IntakeGate;
import io.unifluid.streams.intake.IntakeRecords;
import io.unifluid.streams.lifecycle.LifecycleProcessor;
import io.unifluid.streams.lifecycle.RequestRecord;
import io.unifluid.streams.lifecycle.RequestRecordSerde;
import io.unifluid.streams.metrics.StreamsMetrics;
import io.unifluid.streams.workers.RunningWorkers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;

/** A lifecycle that starts on the stores of one that is gone. */
class LifecycleRestartTest {
    private static final int WAKE_UP_CLOCK = 0;

    private final StreamsSettings settings = Harness.settings(Path.of("unused"), "retention", "1h");
    private final AvroSerdes avro = new AvroSerdes(settings.registry());
    private final IntakeGate gate = new IntakeGate(1_000);
    private final KeyValueStore<String, RequestRecord> states = Stores.keyValueStoreBuilder(
                    Stores.inMemoryKeyValueStore(Names.LIFECYCLE_STORE), Serdes.String(), RequestRecordSerde.create())
            .withLoggingDisabled()
            .build();
    private final KeyValueStore<String, byte[]> requests = Stores.keyValueStoreBuilder(
                    Stores.inMemoryKeyValueStore(Names.REQUEST_STORE), Serdes.String(), Serdes.ByteArray())
            .withLoggingDisabled()
            .build();

    @Test
    void whatIsDueIsDoneAfterARestartToo() {
        var before = start(Harness.START);
        request(before, "due", Optional.of(Harness.START.plusSeconds(30)));
        request(before, "patient", Optional.empty());
        before.processor.close();

        var after = start(Harness.START.plusSeconds(10));
        wake(after, Harness.START.plusSeconds(29));
        assertThat(after.results()).isEmpty();
        wake(after, Harness.START.plusSeconds(30));
        assertThat(after.results())
                .extracting(
                        InferenceResult::getRequestId,
                        result -> result.getError().getKind())
                .containsExactly(tuple("due", "DEADLINE_BATCH_WAIT"));
    }

    @Test
    void whatHasEndedIsForgottenAfterARestartToo() {
        var before = start(Harness.START);
        request(before, "late", Optional.of(Harness.START.minusSeconds(1)));
        assertThat(before.results()).hasSize(1);
        before.processor.close();

        var after = start(Harness.START.plusSeconds(10));
        wake(after, Harness.START.plus(Duration.ofMinutes(59)));
        assertThat(states.get("late")).isNotNull();
        wake(after, Harness.START.plus(Duration.ofMinutes(60)));
        assertThat(states.get("late")).isNull();
    }

    @Test
    void ofALongBacklogEachOneEndsOnceAndIsCountedOnceWhateverHappensBeforeItHasBeenRead() {
        var before = start(Harness.START);
        for (int i = 0; i < 450; i++) {
            request(before, "old-%03d".formatted(i), Optional.of(Harness.START.plusSeconds(30)));
        }
        before.processor.close();

        var after = start(Harness.START.plusSeconds(10));
        assertThat(gate.unfinished()).isLessThan(450);
        assertThat(gate.holds(Topics.REQUESTS.name())).isTrue();
        assertThat(gate.holds(Topics.REQUESTS_INTERACTIVE.name())).isFalse();
        request(after, "old-449", Optional.of(Harness.START.plusSeconds(30)));
        cancel(after, "old-448");
        request(after, "new", Optional.of(Harness.START.plusSeconds(30)));
        request(after, "late", Optional.of(Harness.START.minusSeconds(1)));
        for (int i = 0; i < 20; i++) {
            everyClock(after, Harness.START.plusSeconds(11));
        }
        assertThat(gate.unfinished()).isEqualTo(450);
        assertThat(gate.holds(Topics.REQUESTS.name())).isFalse();

        everyClock(after, Harness.START.plusSeconds(30));
        assertThat(after.results())
                .extracting(InferenceResult::getRequestId)
                .hasSize(452)
                .doesNotHaveDuplicates();
        assertThat(gate.unfinished()).isZero();
    }

    private record Running(
            LifecycleProcessor processor, MockProcessorContext<byte[], byte[]> context, AvroSerdes avro) {
        List<InferenceResult> results() {
            var results = new ArrayList<InferenceResult>();
            context.forwarded().stream()
                    .filter(forward -> forward.childName().equals(Optional.of(Names.RESULTS_SINK)))
                    .forEach(forward -> results.add(avro.deserializer(Topics.RESULTS)
                            .deserialize(Topics.RESULTS.name(), forward.record().value())));
            return results;
        }
    }

    private static void everyClock(Running app, Instant at) {
        app.context.setCurrentSystemTimeMs(at.toEpochMilli());
        app.context.scheduledPunctuators().stream()
                .filter(clock -> !clock.cancelled())
                .forEach(clock -> clock.getPunctuator().punctuate(at.toEpochMilli()));
    }

    private Running start(Instant at) {
        var context = new MockProcessorContext<byte[], byte[]>();
        context.setCurrentSystemTimeMs(at.toEpochMilli());
        states.init(context.getStateStoreContext(), states);
        context.addStateStore(states);
        requests.init(context.getStateStoreContext(), requests);
        context.addStateStore(requests);
        var metrics = new StreamsMetrics(new SimpleMeterRegistry());
        var processor = new LifecycleProcessor(
                settings,
                metrics,
                new Faults(metrics, RecordLimits.defaults()),
                new Encoding(avro),
                new RunningWorkers(),
                new Home(1),
                avro.deserializer(Topics.REQUESTS),
                new IntakeRecords(new SentRecords(), avro.deserializer(Topics.REQUESTS), metrics::readAgain),
                gate);
        processor.init(context);
        return new Running(processor, context, avro);
    }

    private void request(Running app, String id, Optional<Instant> deadline) {
        InferenceRequest request = Harness.caption(id);
        request.setDeadline(deadline.orElse(null));
        byte[] bytes = avro.serializer(Topics.REQUESTS).serialize(Topics.REQUESTS.name(), request);
        app.context.setRecordMetadata(Topics.REQUESTS.name(), 0, 0);
        app.processor.process(new Record<>(id, new DecodedRecord<>(request, bytes), app.context.currentSystemTimeMs()));
    }

    private static void cancel(Running app, String id) {
        var control = new Control(id, "default", ControlKind.CANCEL, "not needed any more", Harness.START);
        app.context.setRecordMetadata(Topics.CONTROLS.name(), 0, 0);
        app.processor.process(new Record<>(id, new DecodedRecord<>(control, null), app.context.currentSystemTimeMs()));
    }

    private static void wake(Running app, Instant at) {
        app.context.setCurrentSystemTimeMs(at.toEpochMilli());
        app.context.scheduledPunctuators().get(WAKE_UP_CLOCK).getPunctuator().punctuate(at.toEpochMilli());
    }
}
