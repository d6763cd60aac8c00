package io.unifluid.streams;

import io.unifluid.schemas.WireFormat;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * A record together with the bytes it came as, so that nothing is encoded a second time and a newer sender's unknown
 * fields survive. All are null when the record came without a value.
 *
 * @param bytes with the schema's id in front, to be stored: they can be decoded without the record's headers
 * @param original as received, for dead letters
 */
record Received<V>(V value, byte[] bytes, byte[] original) {
    /** One whose schema's id came in front. */
    Received(V value, byte[] bytes) {
        this(value, bytes, bytes);
    }

    static <V> Deserializer<Received<V>> by(Deserializer<V> decoder) {
        return new Deserializer<>() {
            @Override
            public Received<V> deserialize(String topic, byte[] bytes) {
                return deserialize(topic, null, bytes);
            }

            @Override
            public Received<V> deserialize(String topic, Headers headers, byte[] bytes) {
                return bytes == null
                        ? new Received<>(null, null)
                        : new Received<>(
                                decoder.deserialize(topic, headers, bytes),
                                WireFormat.selfContained(headers, bytes),
                                bytes);
            }
        };
    }
}
