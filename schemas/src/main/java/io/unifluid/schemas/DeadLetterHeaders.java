package io.unifluid.schemas;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * The headers that say why a record became a dead letter, and from where: their only writer. Each is there once with the
 * last value that was written, whatever the record brought under these names; values are one bounded line of UTF-8.
 */
public final class DeadLetterHeaders {
    /** All that are added to a record's own headers. */
    public static final Set<String> NAMES = Set.of(
            RecordHeaders.DLQ_REASON,
            RecordHeaders.DLQ_TOPIC,
            RecordHeaders.DLQ_PARTITION,
            RecordHeaders.DLQ_OFFSET,
            RecordHeaders.DLQ_TIMESTAMP,
            RecordHeaders.DLQ_AT,
            RecordHeaders.DLQ_TRUNCATED,
            RecordHeaders.DLQ_VALUE_BYTES,
            RecordHeaders.DLQ_VALUE_SHA256,
            RecordHeaders.DLQ_KEY_BYTES,
            RecordHeaders.DLQ_KEY_SHA256,
            RecordHeaders.DLQ_HEADERS_MISSING,
            RecordHeaders.DLQ_RECORDS_MISSING);

    /** Longest value, in characters. */
    public static final int LONGEST = 1000;

    /**
     * Where a record lay.
     *
     * @param timestamp the record's own, in milliseconds since 1970; negative for none
     */
    public record Origin(String topic, int partition, long offset, long timestamp) {
        public static Origin of(ConsumerRecord<?, ?> record) {
            return new Origin(record.topic(), record.partition(), record.offset(), record.timestamp());
        }
    }

    /**
     * The letter that a record becomes: its key, value and headers as they came, and the reason. Its timestamp is the
     * time of writing, so that retention counts from then.
     *
     * @param at now
     */
    public static ProducerRecord<byte[], byte[]> letter(
            ConsumerRecord<byte[], byte[]> record, String reason, Instant at) {
        var letter = new ProducerRecord<>(
                Topics.DEAD_LETTERS, null, at.toEpochMilli(), record.key(), record.value(), record.headers());
        describe(letter.headers(), Origin.of(record), reason, at);
        return letter;
    }

    /** @param reason one sentence */
    public static void describe(Headers headers, Origin origin, String reason, Instant at) {
        NAMES.forEach(headers::remove);
        put(headers, RecordHeaders.DLQ_REASON, reason);
        put(headers, RecordHeaders.DLQ_TOPIC, origin.topic());
        put(headers, RecordHeaders.DLQ_PARTITION, Integer.toString(origin.partition()));
        put(headers, RecordHeaders.DLQ_OFFSET, Long.toString(origin.offset()));
        if (origin.timestamp() >= 0) {
            put(headers, RecordHeaders.DLQ_TIMESTAMP, Long.toString(origin.timestamp()));
        }
        put(headers, RecordHeaders.DLQ_AT, at.toString());
    }

    /**
     * Says that the letter does not hold all of its record; after {@link #describe}.
     *
     * @param missing one sentence
     */
    public static void truncated(Headers headers, String missing) {
        put(headers, RecordHeaders.DLQ_TRUNCATED, missing);
    }

    private static void put(Headers headers, String name, String value) {
        headers.remove(name);
        headers.add(new RecordHeader(name, OneLine.of(value, LONGEST).getBytes(StandardCharsets.UTF_8)));
    }

    private DeadLetterHeaders() {}
}
