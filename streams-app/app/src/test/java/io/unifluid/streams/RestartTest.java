package io.unifluid.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unifluid.schemas.Admitted;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.MicroBatch;
import io.unifluid.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;

/** A processor that starts on the store of one that is gone. */
class RestartTest {
    private static final int BATCHING_CLOCK = 0;

    private final StreamsSettings settings =
            Harness.settings(Path.of("unused"), "lanes.understand-bulk.max-items", "3");
    private final AvroSerdes avro = new AvroSerdes(settings.registry());
    private final KeyValueStore<String, byte[]> store = Stores.keyValueStoreBuilder(
                    Stores.inMemoryKeyValueStore(UniFluidTopology.WAITING_STORE), Serdes.String(), Serdes.ByteArray())
            .withLoggingDisabled()
            .build();

    @Test
    void aHalfFilledBatchLeavesAfterARestart() {
        var before = start();
        admit(before, "a", 1, 0);
        admit(before, "b", 2, 10);
        assertThat(before.context.forwarded()).isEmpty();
        before.processor.close();

        var after = start();
        after.context.setCurrentSystemTimeMs(
                Harness.START.plus(Duration.ofMillis(50)).toEpochMilli());
        after.context
                .scheduledPunctuators()
                .get(BATCHING_CLOCK)
                .getPunctuator()
                .punctuate(after.context.currentSystemTimeMs());

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
    void aHandOutThatIsRepeatedWhileItWaitsIsNotDoubled() {
        var app = start();
        admit(app, "a", 1, 0);
        admit(app, "a", 1, 5);
        admit(app, "b", 1, 10);
        assertThat(app.batches()).isEmpty();

        admit(app, "c", 1, 20);
        assertThat(Harness.ids(app.batches().getFirst())).containsExactly("a", "b", "c");
    }

    private record Running(BatchingProcessor processor, MockProcessorContext<String, Object> context) {
        List<MicroBatch> batches() {
            return context.forwarded().stream()
                    .map(forward -> (MicroBatch) forward.record().value())
                    .toList();
        }
    }

    private Running start() {
        var context = new MockProcessorContext<String, Object>();
        context.setCurrentSystemTimeMs(Harness.START.toEpochMilli());
        store.init(context.getStateStoreContext(), store);
        context.addStateStore(store);
        var processor = new BatchingProcessor(
                settings, new StreamsMetrics(new SimpleMeterRegistry()), avro.deserializer(Topics.SCHEDULE));
        processor.init(context);
        return new Running(processor, context);
    }

    private void admit(Running app, String id, int attempt, long afterMillis) {
        Instant at = Harness.START.plusMillis(afterMillis);
        var admitted = new Admitted(
                Harness.caption(id), attempt, false, Harness.BULK, "caption|-|p8|-|-|-", 34.0, 300L, Harness.START, at);
        byte[] bytes = avro.serializer(Topics.SCHEDULE).serialize(Topics.SCHEDULE.name(), admitted);
        app.processor.process(new Record<>(Harness.BULK + "/0", new Received<>(admitted, bytes), at.toEpochMilli()));
    }
}
