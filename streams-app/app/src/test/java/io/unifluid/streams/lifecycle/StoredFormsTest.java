package io.unifluid.streams.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unifluid.scheduling.lifecycle.LifecycleState;
import io.unifluid.scheduling.lifecycle.Phase;
import io.unifluid.scheduling.lifecycle.TerminalStatus;
import io.unifluid.scheduling.reuse.AttemptOutcome;
import io.unifluid.scheduling.reuse.InFlightDeduplicator.CoalescedRequest;
import io.unifluid.scheduling.reuse.ReuseSettings;
import io.unifluid.scheduling.task.Lane;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Topics;
import io.unifluid.streams.batching.ReuseStore;
import io.unifluid.streams.event.AttemptEnded;
import io.unifluid.streams.event.FirstAttemptEndedForm;
import io.unifluid.streams.intake.Place;
import io.unifluid.streams.metrics.StreamsMetrics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What lies in stores and between the app's parts survives an upgrade: every form, byte by byte. */
class StoredFormsTest {
    private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");

    private static final RequestMetadata METADATA = new RequestMetadata(
            Lane.GENERATE_BULK,
            "generate|-|p8",
            "generate-bulk/0",
            12.5,
            300,
            AT,
            AT.plusMillis(1),
            Optional.of("my.replies"),
            Optional.of("00-aa-bb-01"),
            Map.of("archive", "märz"),
            Optional.empty());
    private static final LifecycleState RUNNING = new LifecycleState.Running(
            new LifecycleState.Request(
                    "r-1", Optional.of("tenant-a"), AT, Optional.of(AT.plusMillis(9)), Optional.of("key")),
            new LifecycleState.Attempt(2, 1, 0, true),
            AT.plusMillis(5));

    @Test
    void anUnfinishedRequest() {
        pinned(
                new RequestRecord(RUNNING, Optional.of(METADATA), Optional.of(new OutcomeSecret(1, -2))),
                "0200000003722d31010000000874656e616e742d6102000000020000000100000000010000019b76daa8000000"
                        + "019b76daa8090000019b76daa805ff800000000000000001000000036b65790001030000000d67656e65726174"
                        + "657c2d7c70380000000f67656e65726174652d62756c6b2f304029000000000000000000000000012c0000019b"
                        + "76daa8000000019b76daa801010000000a6d792e7265706c696573010000000b30302d61612d62622d30310000"
                        + "00010000000761726368697665000000056dc3a4727a010000000000000001fffffffffffffffe");
    }

    @Test
    void anUnfinishedRequestThatLiesInItsTopic() {
        var place = Optional.of(new Place("unifluid.requests", 3, 77, -2));
        pinned(
                new RequestRecord(RUNNING, Optional.of(METADATA.at(place)), Optional.of(new OutcomeSecret(1, -2))),
                "0300000003722d31010000000874656e616e742d6102000000020000000100000000010000019b76daa8000000"
                        + "019b76daa8090000019b76daa805ff800000000000000001000000036b65790001030000000d67656e65726174"
                        + "657c2d7c70380000000f67656e65726174652d62756c6b2f304029000000000000000000000000012c0000019b"
                        + "76daa8000000019b76daa801010000000a6d792e7265706c696573010000000b30302d61612d62622d30310000"
                        + "00010000000761726368697665000000056dc3a4727a010000000000000001fffffffffffffffe"
                        + "00000011756e69666c7569642e726571756573747300000003000000000000004dfffffffe");
    }

    @Test
    void anEndedRequest() {
        pinned(
                new RequestRecord(
                        ended(Optional.of("tenant-a")), Optional.empty(), Optional.of(new OutcomeSecret(1, -2))),
                "0200000003722d31010000000874656e616e742d6104000000010000000000000000000000019b76daa8008000"
                        + "0000000000000000019b76daa805030000019b76daa804000000010000000000000001fffffffffffffffe");
    }

    @Test
    void aCancelThatWaits() {
        pinned(
                new RequestRecord(pending(Optional.of("tenant-a")), Optional.empty(), Optional.empty()),
                "0200000003722d31010000000874656e616e742d6100000000000000000000000000000000019b76daa8008000"
                        + "0000000000000000019b76daa805ff8000000000000000000100000006656e6f7567680000");
    }

    private static void pinned(RequestRecord record, String hex) {
        var serde = RequestRecordSerde.create();
        assertThat(hex(serde.serializer().serialize("", record))).isEqualTo(hex);
        assertThat(decoded(hex)).isEqualTo(record);
    }

    @Test
    void theFirstFormIsStillRead() {
        assertThat(decoded("010003722d3102000000020000000100000000010000019b76daa8000000019b76daa8090000019b76daa805"
                        + "ff80000000000000000100036b65790001000874656e616e742d6103000d67656e65726174657c2d7c7038000f"
                        + "67656e65726174652d62756c6b2f304029000000000000000000000000012c0000019b76daa8000000019b76da"
                        + "a80101000a6d792e7265706c69657301000b30302d61612d62622d30310000000100076172636869766500056d"
                        + "c3a4727a"))
                .isEqualTo(new RequestRecord(RUNNING, Optional.of(METADATA), Optional.empty()));
        assertThat(decoded("010003722d3104000000010000000000000000000000019b76daa80080000000000000000000019b76daa805"
                        + "030000019b76daa804000000"))
                .isEqualTo(new RequestRecord(ended(Optional.empty()), Optional.empty(), Optional.empty()));
        assertThat(decoded("010003722d3100000000000000000000000000000000019b76daa80080000000000000000000019b76daa805"
                        + "ff800000000000000000010006656e6f75676800"))
                .isEqualTo(new RequestRecord(pending(Optional.empty()), Optional.empty(), Optional.empty()));
    }

    @Test
    void aFormOfALaterVersionIsRefusedInOneSentence() {
        assertThatThrownBy(() -> decoded("04"))
                .hasMessage("A stored request has form 4, which this version does not know:"
                        + " run the version that wrote it.");
    }

    @Test
    void textsMayBeLongerThanTheFirstFormCouldHold() {
        var state = pending(Optional.of("t".repeat(70_000)));
        var record = new RequestRecord(state, Optional.empty(), Optional.empty());
        var serde = RequestRecordSerde.create();
        assertThat(serde.deserializer().deserialize("", serde.serializer().serialize("", record)))
                .isEqualTo(record);
    }

    @Test
    void codesOfPhasesLanesAndEnds() {
        assertThat(codes(Phase.values(), StoredCodes::of))
                .isEqualTo("{CANCEL_PENDING=0, SCHEDULED=1, RUNNING=2, BACKING_OFF=3, TERMINAL=4}");
        assertThat(codes(Lane.values(), StoredCodes::of))
                .isEqualTo("{UNDERSTAND_INTERACTIVE=0, GENERATE_INTERACTIVE=1, UNDERSTAND_BULK=2, GENERATE_BULK=3}");
        assertThat(codes(TerminalStatus.values(), status -> StoredCodes.of(Optional.of(status))))
                .isEqualTo("{SUCCEEDED=0, FAILED=1, EXPIRED=2, CANCELLED=3, REJECTED=4}");
    }

    private static <E extends Enum<E>> String codes(E[] values, java.util.function.ToIntFunction<E> code) {
        var codes = new LinkedHashMap<E, Integer>();
        Arrays.stream(values).forEach(value -> codes.put(value, code.applyAsInt(value)));
        return codes.toString();
    }

    @ParameterizedTest
    @EnumSource(Phase.class)
    void everyPhaseIsReadAsItWasWritten(Phase phase) {
        assertThat(StoredCodes.phase(StoredCodes.of(phase))).isEqualTo(phase);
    }

    @ParameterizedTest
    @EnumSource(Lane.class)
    void everyLaneIsReadAsItWasWritten(Lane lane) {
        assertThat(StoredCodes.lane(StoredCodes.of(lane))).isEqualTo(lane);
    }

    @ParameterizedTest
    @EnumSource(TerminalStatus.class)
    void everyEndIsReadAsItWasWritten(TerminalStatus end) {
        assertThat(StoredCodes.terminal(StoredCodes.of(Optional.of(end)))).contains(end);
    }

    @Test
    void aKeptAnswerAndWhoComputesWhatOthersWaitFor() {
        KeyValueStore<String, byte[]> store = store(Serdes.String(), Serdes.ByteArray());
        var reuse = new ReuseStore(store, ReuseSettings.defaults(), new StreamsMetrics(new SimpleMeterRegistry()));
        reuse.keep("caption|-|k", "f/m@1", new byte[] {7}, AT);
        reuse.remember(Lane.UNDERSTAND_BULK, "caption|-|k", Optional.of(new CoalescedRequest("r-1", 2)));

        assertThat(hex(store.get("a/caption|-|k"))).isEqualTo("0000019b76daa800" + "00000005" + "662f6d4031" + "07");
        assertThat(new String(store.get("c/understand-bulk/caption|-|k"), StandardCharsets.UTF_8))
                .isEqualTo("2/r-1");
    }

    @Test
    void anEndedAttemptOnTheScheduleTopicOfTheVersionBefore() {
        var headers = new RecordHeaders();
        for (var header : List.of(
                "unifluid.released.request=722d31",
                "unifluid.released.attempt=00000002",
                "unifluid.released.key=6b",
                "unifluid.released.ending=4641494c45445f464f525f474f4f44")) {
            var parts = header.split("=");
            headers.add(parts[0], HexFormat.of().parseHex(parts[1]));
        }
        assertThat(FirstAttemptEndedForm.read("understand-bulk/0", headers))
                .contains(new AttemptEnded(
                        "r-1",
                        2,
                        Lane.UNDERSTAND_BULK,
                        Optional.of(new AttemptEnded.Shared("k", AttemptOutcome.FAILED_FOR_GOOD, Optional.empty()))));
    }

    @Test
    void anEndedAttemptOnTheScheduleTopic() {
        var avro = AvroSerdes.of("mock://stored-forms");
        var bytes = avro.serializer(Topics.SCHEDULE)
                .serialize(
                        Topics.SCHEDULE.name(),
                        new AttemptEnded(
                                        "r-1",
                                        2,
                                        Lane.UNDERSTAND_BULK,
                                        Optional.of(new AttemptEnded.Shared(
                                                "k", AttemptOutcome.FAILED_FOR_GOOD, Optional.of(new byte[] {7}))))
                                .told());
        // After the schema's id: the second of the union, "r-1", 2, the lane, shared, "k", the third symbol, a report.
        assertThat(hex(bytes).substring(10))
                .isEqualTo("02" + "06722d31" + "04" + "1e756e6465727374616e642d62756c6b" + "02" + "026b" + "04"
                        + "020207" + "00");
    }

    @ParameterizedTest
    @EnumSource(AttemptOutcome.class)
    void everyEndOfAnAttemptIsReadAsItWasTold(AttemptOutcome outcome) {
        var ended = new AttemptEnded(
                "r-1", 2, Lane.GENERATE_BULK, Optional.of(new AttemptEnded.Shared("k", outcome, Optional.empty())));
        assertThat(AttemptEnded.of(ended.told())).isEqualTo(ended);
    }

    @Test
    void theTokenOfAnAttempt() {
        var secret = new OutcomeSecret(1, -2);
        assertThat(hex(secret.token(1).array())).isEqualTo("11363ec1fcf5e8b4a2032b2b72824942");
        assertThat(secret.gave(1, secret.token(1))).isTrue();
        assertThat(secret.gave(2, secret.token(1))).isFalse();
        assertThat(secret.gave(1, java.nio.ByteBuffer.allocate(0))).isFalse();
        assertThat(secret.toString()).doesNotContain("1");
    }

    private static LifecycleState ended(Optional<String> tenant) {
        return new LifecycleState.Terminal(
                new LifecycleState.Request("r-1", tenant, AT, Optional.empty(), Optional.empty()),
                new LifecycleState.Attempt(1, 0, 0, false),
                TerminalStatus.CANCELLED,
                AT.plusMillis(4),
                AT.plusMillis(5));
    }

    private static LifecycleState pending(Optional<String> tenant) {
        return new LifecycleState.CancelPending(
                new LifecycleState.Request("r-1", tenant, AT, Optional.empty(), Optional.empty()),
                "enough",
                AT.plusMillis(5));
    }

    private static RequestRecord decoded(String hex) {
        return RequestRecordSerde.create()
                .deserializer()
                .deserialize("", HexFormat.of().parseHex(hex));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static <K, V> KeyValueStore<K, V> store(Serde<K> keys, Serde<V> values) {
        var store = Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore("store"), keys, values)
                .withLoggingDisabled()
                .build();
        store.init(new MockProcessorContext<>().getStateStoreContext(), store);
        return store;
    }
}
