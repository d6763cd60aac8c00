package io.unifluid.moderation.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unifluid.moderation.config.ModerationContext;
import io.unifluid.moderation.config.ModerationSettings;
import io.unifluid.moderation.event.PolicyBook;
import io.unifluid.moderation.file.PolicyFile;
import io.unifluid.moderation.hash.HashLists;
import io.unifluid.moderation.metrics.ModerationMetrics;
import io.unifluid.moderation.picture.Looks;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.ModerationCase;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.Verdict;
import io.unifluid.streams.deadletter.Faults;
import io.unifluid.streams.event.DecodedRecord;
import io.unifluid.streams.event.Encoding;
import io.unifluid.streams.event.RecordLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;

/** A case processor that starts on the cases of one that is gone, whose index may be lost or out of date. */
class CaseRestartTest {
    private final ModerationSettings settings = ModerationContext.settings(
            Map.of("bootstrap-servers", "unused:9092", "registry-url", "mock://cases", "state-dir", "unused"));
    private final AvroSerdes avro = new AvroSerdes(settings.registry());
    private final PolicyBook policies = new PolicyBook();
    private final KeyValueStore<String, ModerationCase> cases =
            store(Names.CASES_STORE, Serdes.String(), CaseSerde.create());
    private final KeyValueStore<Bytes, byte[]> index = index();

    CaseRestartTest() {
        policies.put(PolicyFile.read("test", Harness.WEAPONS, "acme").withVersion(1));
    }

    @Test
    void ofManyThatWaitForAnAnswerEachIsDecidedOnceInTime() {
        var before = start(index, Harness.START);
        for (int i = 0; i < 450; i++) {
            submit(before, "old-%03d".formatted(i), Duration.ofSeconds(60));
        }

        var after = start(index(), Harness.START.plusSeconds(10));
        submit(after, "new", Duration.ofSeconds(60));
        for (int i = 0; i < 20; i++) {
            everyClock(after, Harness.START.plusSeconds(89));
        }
        assertThat(after.verdicts()).isEmpty();

        everyClock(after, Harness.START.plusSeconds(91));
        assertThat(after.verdicts())
                .extracting(Verdict::getSubmissionId)
                .hasSize(451)
                .doesNotHaveDuplicates();
    }

    @Test
    void whatTheIndexSaysThatIsNotSoAnyMoreDecidesNothing() {
        var first = start(index, Harness.START);
        submit(first, "answered", Duration.ofSeconds(60));
        var elsewhere = start(index(), Harness.START.plusSeconds(1));
        everyClock(elsewhere, Harness.START.plusSeconds(100));
        assertThat(elsewhere.verdicts())
                .extracting(Verdict::getSubmissionId, Verdict::getErrorKind)
                .containsExactly(tuple("answered", "NO_ANSWER"));

        var back = start(index, Harness.START.plusSeconds(101));
        everyClock(back, Harness.START.plusSeconds(102));
        assertThat(back.verdicts()).isEmpty();
        assertThat(cases.get("answered")).isNotNull();

        everyClock(back, Harness.START.plus(Duration.ofDays(91)));
        assertThat(cases.get("answered")).isNull();
    }

    @Test
    void anEntryIsReadByAnotherVersion() {
        var due = new WakeUps.Due(Instant.parse("2026-01-01T00:00:00Z"), "r-1");
        start(index, Harness.START);
        new WakeUps(index).move(Optional.empty(), Optional.of(due));
        try (var all = index.all()) {
            var entry = all.next();
            assertThat(HexFormat.of().formatHex(entry.key.get())).isEqualTo("0000019b76daa800" + "722d31");
            assertThat(HexFormat.of().formatHex(entry.value)).isEqualTo("01");
        }
        assertThat(new WakeUps(index).due(due.at(), 1)).containsExactly(due);
    }

    private record Running(CaseProcessor processor, MockProcessorContext<byte[], byte[]> context, AvroSerdes avro) {
        List<Verdict> verdicts() {
            return context.forwarded().stream()
                    .filter(forward -> forward.childName().equals(Optional.of(Names.VERDICTS_SINK)))
                    .map(forward -> avro.deserializer(Topics.VERDICTS)
                            .deserialize(
                                    Topics.VERDICTS.name(), forward.record().value()))
                    .toList();
        }
    }

    private static <K, V> KeyValueStore<K, V> store(String name, Serde<K> keys, Serde<V> values) {
        return Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), keys, values)
                .withLoggingDisabled()
                .build();
    }

    private static KeyValueStore<Bytes, byte[]> index() {
        return store(Names.WAKE_UP_STORE, Serdes.Bytes(), Serdes.ByteArray());
    }

    private Running start(KeyValueStore<Bytes, byte[]> wakeUps, Instant at) {
        var context = new MockProcessorContext<byte[], byte[]>();
        context.setCurrentSystemTimeMs(at.toEpochMilli());
        cases.init(context.getStateStoreContext(), cases);
        context.addStateStore(cases);
        wakeUps.init(context.getStateStoreContext(), wakeUps);
        context.addStateStore(wakeUps);
        var metrics = new ModerationMetrics(new SimpleMeterRegistry());
        var processor = new CaseProcessor(
                settings,
                metrics,
                new Faults(metrics, RecordLimits.defaults()),
                new Encoding(avro),
                policies,
                new HashLists(),
                new Looks(Optional.empty()));
        processor.init(context);
        return new Running(processor, context, avro);
    }

    private void submit(Running app, String id, Duration within) {
        var submission =
                Harness.submission(id).setDeadline(Harness.START.plus(within)).build();
        app.context.setRecordMetadata(Topics.CASES, 0, 0);
        app.processor.process(new Record<>(
                id,
                new DecodedRecord<>(
                        submission,
                        avro.serializer(Topics.SUBMISSIONS).serialize(Topics.SUBMISSIONS.name(), submission)),
                app.context.currentSystemTimeMs()));
    }

    private static void everyClock(Running app, Instant at) {
        app.context.setCurrentSystemTimeMs(at.toEpochMilli());
        app.context.scheduledPunctuators().stream()
                .filter(clock -> !clock.cancelled())
                .forEach(clock -> clock.getPunctuator().punctuate(at.toEpochMilli()));
    }
}
