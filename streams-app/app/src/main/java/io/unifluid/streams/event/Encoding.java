package io.unifluid.streams.event;

import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Topic;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serializer;

/** Encodes what the app writes, before it is forwarded. Thread-safe, as Confluent's serializers are. */
public final class Encoding {
    private final AvroSerdes avro;
    private final Map<String, Serializer<?>> byTopic = new ConcurrentHashMap<>();

    public Encoding(AvroSerdes avro) {
        this.avro = avro;
    }

    public <V extends SpecificRecord> byte[] of(Topic<V> topic, V value) {
        return of(topic, topic.name(), value);
    }

    /** @param name of another topic with the same values */
    @SuppressWarnings("unchecked") // Under a topic's name lies the serializer of its values.
    public <V extends SpecificRecord> byte[] of(Topic<V> topic, String name, V value) {
        var serializer = (Serializer<V>) byTopic.computeIfAbsent(topic.name(), _ -> avro.serializer(topic));
        return serializer.serialize(name, value);
    }
}
