package io.unifluid.streams;

import org.apache.kafka.common.serialization.Deserializer;

/**
 * A record together with the bytes it came as. Storing and dead-lettering take the bytes, so that nothing is encoded a
 * second time and a newer sender's unknown fields survive.
 *
 * @param value null when the record came without a value
 * @param bytes as received, in Confluent's wire format; null when the record came without a value
 */
record Received<V>(V value, byte[] bytes) {
    static <V> Deserializer<Received<V>> by(Deserializer<V> decoder) {
        return (topic, bytes) -> new Received<>(bytes == null ? null : decoder.deserialize(topic, bytes), bytes);
    }
}
