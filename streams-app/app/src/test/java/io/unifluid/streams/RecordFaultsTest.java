package io.unifluid.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unifluid.schemas.RecordHeaders;
import io.unifluid.schemas.RegistryUnavailableException;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.UndecodableRecordException;
import io.unifluid.streams.deadletter.DeadLetters;
import io.unifluid.streams.deadletter.Faults;
import io.unifluid.streams.deadletter.ProcessingFailures;
import io.unifluid.streams.deadletter.ProductionFailures;
import io.unifluid.streams.deadletter.SetAside;
import io.unifluid.streams.event.BoundedBytes;
import io.unifluid.streams.event.DecodedRecord;
import io.unifluid.streams.event.ReadingTime;
import io.unifluid.streams.event.RecordLimits;
import io.unifluid.streams.metrics.StreamsMetrics;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.errors.ErrorHandlerContext;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.errors.ProductionExceptionHandler;
import org.apache.kafka.streams.errors.internals.DefaultErrorHandlerContext;
import org.apache.kafka.streams.processor.TaskId;
import org.junit.jupiter.api.Test;

class RecordFaultsTest {
    private static final int MIB = 1024 * 1024;

    private final RecordLimits limits = RecordLimits.defaults();
    private final Faults faults = new Faults(new StreamsMetrics(new SimpleMeterRegistry()), limits);

    @Test
    void whatTheRegistryTheBrokerOrAStoreSaysIsNoRecordsFault() {
        assertThat(Faults.ofTheRecord(new RegistryUnavailableException("It is away.", null)))
                .isFalse();
        assertThat(Faults.ofTheRecord(new TimeoutException("No answer."))).isFalse();
        assertThat(Faults.ofTheRecord(new ProcessorStateException("The disk is full.")))
                .isFalse();
        assertThat(Faults.ofTheRecord(new RuntimeException(new TimeoutException("No answer."))))
                .isFalse();

        assertThat(Faults.ofTheRecord(new UndecodableRecordException("It is junk.")))
                .isTrue();
        assertThat(Faults.ofTheRecord(new ArithmeticException("long overflow"))).isTrue();
        assertThat(Faults.ofTheRecord(new NullPointerException())).isTrue();
    }

    @Test
    void aReasonIsASentenceWithoutTheNameOfAClass() {
        assertThat(Faults.reason(new UndecodableRecordException("It is junk."))).isEqualTo("It is junk.");
        assertThat(Faults.reason(new NullPointerException()))
                .doesNotContain("Exception")
                .endsWith(".");
    }

    @Test
    void aRecordThatAThreadDiedWithTwiceIsSetAside() {
        var handler = new ProcessingFailures();
        handler.configure(java.util.Map.of(Faults.CONFIG, faults));
        var place = new SetAside.Place(Topics.REQUESTS.name(), 3, 42);

        fails(handler, new IllegalStateException("A defect."));
        assertThat(faults.setAside().reason(place)).isEmpty();
        fails(handler, new TimeoutException("No answer."));
        assertThat(faults.setAside().reason(place)).as("the broker's fault").isEmpty();
        fails(handler, new IllegalStateException("A defect."));
        assertThat(faults.setAside().reason(place))
                .hasValueSatisfying(
                        reason -> assertThat(reason).contains("2 times").contains("A defect."));
        assertThat(faults.setAside().reason(new SetAside.Place(Topics.REQUESTS.name(), 3, 43)))
                .isEmpty();
    }

    @Test
    void aTopicThatRefusesARecordIsKnownToTakeLess() {
        var handler = new ProductionFailures();
        handler.configure(java.util.Map.of(Faults.CONFIG, faults));
        var record = new ProducerRecord<>("results", new byte[10], new byte[MIB]);

        var response = handler.handleError(context(), record, new RecordTooLargeException("Too large."));

        assertThat(response.result()).isEqualTo(ProductionExceptionHandler.Result.FAIL);
        assertThat(limits.most("results"))
                .isLessThan(RecordLimits.bytes(record.key(), record.value(), record.headers()));
        assertThat(limits.most("others")).isGreaterThan(7 * MIB);
        assertThat(handler.handleError(context(), record, new TimeoutException("No answer."))
                        .result())
                .isEqualTo(ProductionExceptionHandler.Result.RETRY);
    }

    @Test
    void keysAndValuesThatAreLargerThanAnyRecordAreCutAsTheyAreRead() {
        var headers = new org.apache.kafka.common.header.internals.RecordHeaders();
        byte[] value = new byte[9 * MIB];
        value[0] = 1;

        var kept = BoundedBytes.values().deserialize("t", headers, ByteBuffer.wrap(value));

        assertThat(kept).isEqualTo(Arrays.copyOf(value, 64 * 1024));
        assertThat(text(headers, RecordHeaders.DLQ_VALUE_BYTES)).isEqualTo(Integer.toString(value.length));
        assertThat(text(headers, RecordHeaders.DLQ_VALUE_SHA256))
                .isEqualTo(BoundedBytes.sha256(ByteBuffer.wrap(value)));
        var letter = new DeadLetters(limits)
                .letter(
                        new io.unifluid.schemas.DeadLetterHeaders.Origin("t", 0, 0, 0),
                        null,
                        kept,
                        headers,
                        "It is too large.",
                        Harness.START);
        assertThat(text(letter.headers(), RecordHeaders.DLQ_VALUE_BYTES)).isEqualTo(Integer.toString(value.length));
        assertThat(text(letter.headers(), RecordHeaders.DLQ_TRUNCATED)).contains("9437184 bytes");
    }

    /** Readers are handed only so many headers of a record, and of one that is nothing else only so many bytes. */
    @Test
    void whyItIsALetterStandsBeforeAllHeadersOfItsRecord() {
        var own = new org.apache.kafka.common.header.internals.RecordHeaders();
        for (int i = 0; i < 1_000; i++) {
            own.add("h", new byte[100]);
        }
        var letter = new DeadLetters(limits)
                .letter(
                        new io.unifluid.schemas.DeadLetterHeaders.Origin("t", 0, 0, 0),
                        null,
                        null,
                        own,
                        "It is junk.",
                        Harness.START);
        var names = Arrays.stream(letter.headers().toArray()).map(Header::key).toList();
        assertThat(names).hasSizeGreaterThan(1_000);
        assertThat(names.lastIndexOf(RecordHeaders.DLQ_REASON)).isLessThan(names.indexOf("h"));
        assertThat(names.lastIndexOf(RecordHeaders.DLQ_OFFSET)).isLessThan(names.indexOf("h"));
    }

    @Test
    void whatASenderSaysAboutItsRecordsLengthIsDropped() {
        var headers = new org.apache.kafka.common.header.internals.RecordHeaders();
        headers.add(RecordHeaders.DLQ_VALUE_BYTES, new byte[] {'9'});
        headers.add(RecordHeaders.DLQ_HEADERS_MISSING, null);

        BoundedBytes.values().deserialize("t", headers, ByteBuffer.wrap(new byte[10]));

        assertThat(headers.toArray()).isEmpty();
    }

    @Test
    void aLetterFitsHoweverSmallItsTopic() {
        limits.learn(Topics.DEAD_LETTERS, 100_000);
        var headers = new org.apache.kafka.common.header.internals.RecordHeaders();
        headers.add("large", new byte[MIB]);
        headers.add(RecordHeaders.DLQ_KEY_BYTES, null);

        var letter = new DeadLetters(limits)
                .letter(
                        new io.unifluid.schemas.DeadLetterHeaders.Origin("t", 0, 0, 0),
                        new byte[MIB],
                        new byte[MIB],
                        headers,
                        "r".repeat(MIB),
                        Harness.START);

        assertThat(RecordLimits.bytes(letter.key(), letter.value(), letter.headers()))
                .isLessThanOrEqualTo(limits.most(Topics.DEAD_LETTERS));
        assertThat(text(letter.headers(), RecordHeaders.DLQ_KEY_BYTES)).isEqualTo(Integer.toString(MIB));
    }

    @Test
    void recordsCountFromWhenTheyAreReadWhateverTheirTimestampSays() {
        var received = new DecodedRecord<>("value", new byte[0]);
        for (long timestamp : new long[] {-1, Long.MIN_VALUE, 0, Long.MAX_VALUE}) {
            var record = new ConsumerRecord<Object, Object>(
                    "t",
                    0,
                    0,
                    timestamp,
                    org.apache.kafka.common.record.TimestampType.CREATE_TIME,
                    0,
                    0,
                    "key",
                    received,
                    new org.apache.kafka.common.header.internals.RecordHeaders(),
                    Optional.empty());
            assertThat(new ReadingTime().extract(record, -1)).isPositive().isLessThan(Long.MAX_VALUE);
            assertThat(received.timestamp()).isEqualTo(timestamp);
        }
    }

    private void fails(ProcessingFailures handler, Exception exception) {
        var record = new org.apache.kafka.streams.processor.api.Record<>("key", "value", 0);
        assertThat(handler.handleError(context(), record, exception).result())
                .isEqualTo(org.apache.kafka.streams.errors.ProcessingExceptionHandler.Result.FAIL);
    }

    private static ErrorHandlerContext context() {
        return new DefaultErrorHandlerContext(
                null,
                Topics.REQUESTS.name(),
                3,
                42,
                new org.apache.kafka.common.header.internals.RecordHeaders(),
                "lifecycle",
                new TaskId(0, 3),
                0,
                null,
                null);
    }

    private static String text(Headers headers, String name) {
        return new String(headers.lastHeader(name).value(), java.nio.charset.StandardCharsets.UTF_8);
    }
}
