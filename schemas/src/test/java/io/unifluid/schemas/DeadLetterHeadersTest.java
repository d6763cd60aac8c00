package io.unifluid.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

final class DeadLetterHeadersTest {
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00.123Z");
    private static final byte[] NO_TEXT = {(byte) 0xff, 0, (byte) 0xc0};

    @Test
    void aLetterKeepsKeyBytesAndHeadersAndSaysWhyWhereAndWhen() {
        var record = record(NOW.minus(Duration.ofDays(30)).toEpochMilli());
        record.headers().add("traceparent", utf8("00-aa"));

        var letter = DeadLetterHeaders.letter(record, "It is no caption.", NOW);

        assertThat(letter.topic()).isEqualTo("unifluid.dead-letters");
        assertThat(letter.key()).isEqualTo(NO_TEXT);
        assertThat(letter.value()).isEqualTo(record.value());
        assertThat(text(letter.headers(), "traceparent")).contains("00-aa");
        assertThat(text(letter.headers(), "unifluid.dlq.reason")).contains("It is no caption.");
        assertThat(text(letter.headers(), "unifluid.dlq.topic")).contains("unifluid.requests");
        assertThat(text(letter.headers(), "unifluid.dlq.partition")).contains("3");
        assertThat(text(letter.headers(), "unifluid.dlq.offset")).contains("42");
        assertThat(text(letter.headers(), "unifluid.dlq.at")).contains("2026-01-31T12:00:00.123Z");
        assertThat(text(letter.headers(), "unifluid.dlq.timestamp")).contains("1767268800123");
    }

    @Test
    void retentionCountsFromTheTimeOfWriting() {
        var old = record(NOW.minus(Duration.ofDays(30)).toEpochMilli());

        assertThat(DeadLetterHeaders.letter(old, "why", NOW).timestamp()).isEqualTo(NOW.toEpochMilli());
    }

    @Test
    void aRecordWithoutATimestampSaysNone() {
        var letter = DeadLetterHeaders.letter(record(ConsumerRecord.NO_TIMESTAMP), "why", NOW);

        assertThat(text(letter.headers(), "unifluid.dlq.timestamp")).isEmpty();
    }

    @Test
    void whatTheRecordBroughtUnderTheseNamesIsReplacedAndSaidOnce() {
        var record = record(1);
        DeadLetterHeaders.NAMES.forEach(name -> {
            record.headers().add(name, utf8("forged"));
            record.headers().add(name, utf8("forged again"));
        });

        var headers = DeadLetterHeaders.letter(record, "first", NOW).headers();
        DeadLetterHeaders.describe(headers, DeadLetterHeaders.Origin.of(record), "second", NOW);
        DeadLetterHeaders.truncated(headers, "The last 7 bytes are missing.");
        DeadLetterHeaders.truncated(headers, "The last 9 bytes are missing.");

        assertThat(headers)
                .noneMatch(header -> new String(header.value(), StandardCharsets.UTF_8).contains("forged"))
                .extracting(Header::key)
                .doesNotHaveDuplicates()
                .contains("unifluid.dlq.reason", "unifluid.dlq.offset", "unifluid.dlq.truncated");
        assertThat(text(headers, "unifluid.dlq.reason")).contains("second");
        assertThat(text(headers, "unifluid.dlq.truncated")).contains("The last 9 bytes are missing.");
    }

    @Test
    void valuesAreOneBoundedHarmlessLine() {
        var letter = DeadLetterHeaders.letter(record(1), "a\u001b[2Jb\nc\u202ed " + "\ud83e\udd8a".repeat(5000), NOW);

        var reason = text(letter.headers(), "unifluid.dlq.reason").orElseThrow();
        assertThat(reason).startsWith("a\ufffd[2Jb\ufffdc\ufffdd \ud83e\udd8a").endsWith("\ud83e\udd8a\u2026");
        assertThat(reason.length()).isLessThanOrEqualTo(1000);
    }

    @Test
    void whatFitsExactlyIsNotCut() {
        assertThat(OneLine.of("abc", 3)).isEqualTo("abc");
        assertThat(OneLine.of("abcd", 3)).isEqualTo("ab\u2026");
        assertThat(OneLine.of("\ud83e\udd8a\ud83e\udd8a", 4)).isEqualTo("\ud83e\udd8a\ud83e\udd8a");
        assertThat(OneLine.of("\ud83e\udd8a\ud83e\udd8a", 3)).isEqualTo("\ud83e\udd8a\u2026");
        assertThat(OneLine.of("\ud83e\udd8a", 1)).isEqualTo("\u2026");
        assertThat(OneLine.of("a\ud83eb", 9)).isEqualTo("a\ufffdb");
    }

    private static ConsumerRecord<byte[], byte[]> record(long timestamp) {
        return new ConsumerRecord<>(
                "unifluid.requests",
                3,
                42,
                timestamp,
                timestamp < 0 ? TimestampType.NO_TIMESTAMP_TYPE : TimestampType.CREATE_TIME,
                NO_TEXT.length,
                5,
                NO_TEXT,
                utf8("hello"),
                new RecordHeaders(),
                Optional.empty());
    }

    private static Optional<String> text(Headers headers, String name) {
        return Optional.ofNullable(headers.lastHeader(name))
                .map(header -> new String(header.value(), StandardCharsets.UTF_8));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
