package io.unifluid.hostile.attack;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;

/**
 * One hostile record.
 *
 * @param kind what is wrong with it, as the report counts it
 * @param topic where it goes
 * @param partition where in it; empty for the client's own choice
 * @param key may be null
 * @param value may be null
 * @param timestamp of the record, in milliseconds; empty for the present
 * @param codec of its batch
 * @param batch sent in place of key, value and headers; to a partition that is named
 * @param id the request id by which its result would come; empty where it has none
 */
public record Shot(
        String kind,
        String topic,
        Optional<Integer> partition,
        byte[] key,
        byte[] value,
        List<Header> headers,
        Optional<Long> timestamp,
        CompressionType codec,
        Optional<Supplier<MemoryRecords>> batch,
        Optional<String> id,
        Fate fate) {

    /** A record that is keyed by its id, as it should be. */
    static Shot of(String kind, String topic, String id, byte[] value) {
        return new Shot(
                kind,
                topic,
                Optional.empty(),
                utf8(id),
                value,
                List.of(),
                Optional.empty(),
                CompressionType.NONE,
                Optional.empty(),
                Optional.of(id),
                Fate.RESULT_OR_LETTER);
    }

    /** A batch as no producer makes it; its first record is a dead letter, or stands for all. */
    static Shot of(String kind, String topic, int partition, Supplier<MemoryRecords> batch) {
        return new Shot(
                kind,
                topic,
                Optional.of(partition),
                null,
                null,
                List.of(),
                Optional.empty(),
                CompressionType.NONE,
                Optional.of(batch),
                Optional.empty(),
                Fate.LETTER);
    }

    Shot keyed(byte[] other) {
        return new Shot(kind, topic, partition, other, value, headers, timestamp, codec, batch, id, fate);
    }

    Shot on(int number) {
        return new Shot(kind, topic, Optional.of(number), key, value, headers, timestamp, codec, batch, id, fate);
    }

    Shot at(long millis) {
        return new Shot(kind, topic, partition, key, value, headers, Optional.of(millis), codec, batch, id, fate);
    }

    Shot by(CompressionType other) {
        return new Shot(kind, topic, partition, key, value, headers, timestamp, other, batch, id, fate);
    }

    Shot meets(Fate other) {
        return new Shot(kind, topic, partition, key, value, headers, timestamp, codec, batch, id, other);
    }

    Shot with(String name, byte[] bytes) {
        var more = new ArrayList<>(headers);
        more.add(new RecordHeader(name, bytes));
        return new Shot(kind, topic, partition, key, value, List.copyOf(more), timestamp, codec, batch, id, fate);
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
