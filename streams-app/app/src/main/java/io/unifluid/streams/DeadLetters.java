package io.unifluid.streams;

import io.unifluid.schemas.RecordHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.common.header.Headers;

/** The headers that say why a record became a dead letter, and from where; its own headers, key and bytes stay. */
final class DeadLetters {
    static void describe(Headers headers, String reason, String topic, int partition, long offset, Instant at) {
        put(headers, RecordHeaders.DLQ_REASON, reason);
        put(headers, RecordHeaders.DLQ_TOPIC, topic);
        put(headers, RecordHeaders.DLQ_PARTITION, Integer.toString(partition));
        put(headers, RecordHeaders.DLQ_OFFSET, Long.toString(offset));
        put(headers, RecordHeaders.DLQ_AT, at.toString());
    }

    private static void put(Headers headers, String name, String value) {
        headers.remove(name);
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private DeadLetters() {}
}
