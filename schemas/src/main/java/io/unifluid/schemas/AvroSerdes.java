package io.unifluid.schemas;

import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Confluent's Avro wire format over the Schema Registry, with this project's generated classes as readers: a record
 * written with a newer schema is resolved to ours, so that unknown fields are skipped and unknown enum symbols become
 * the default.
 *
 * @param config the Confluent client's own settings, at least {@code schema.registry.url}
 */
public record AvroSerdes(Map<String, String> config) {
    public AvroSerdes {
        if (!config.containsKey("schema.registry.url")) {
            throw new IllegalArgumentException("schema.registry.url is missing: give the Schema Registry's address.");
        }
        config = Map.copyOf(config);
    }

    /** Serdes for a registry address; {@code mock://name} is an in-memory registry for unit tests. */
    public static AvroSerdes of(String registryUrl) {
        return new AvroSerdes(Map.of("schema.registry.url", registryUrl));
    }

    public <V extends SpecificRecord> Serializer<V> serializer(Topic<V> topic) {
        var serializer = new KafkaAvroSerializer();
        serializer.configure(new HashMap<String, Object>(config), false);
        return (name, value) -> serializer.serialize(name, value);
    }

    /** Throws {@link org.apache.kafka.common.errors.SerializationException} for bytes that are not such a record. */
    public <V extends SpecificRecord> Deserializer<V> deserializer(Topic<V> topic) {
        var deserializer = new KafkaAvroDeserializer();
        var settings = new HashMap<String, Object>(config);
        settings.put("specific.avro.reader", true);
        deserializer.configure(settings, false);
        return (name, bytes) -> {
            var record = deserializer.deserialize(name, bytes);
            if (record != null && !topic.valueType().isInstance(record)) {
                throw new org.apache.kafka.common.errors.SerializationException("The record on " + name + " is a "
                        + record.getClass().getSimpleName() + ", not a "
                        + topic.valueType().getSimpleName() + ".");
            }
            return topic.valueType().cast(record);
        };
    }

    public <V extends SpecificRecord> Serde<V> serde(Topic<V> topic) {
        return Serdes.serdeFrom(serializer(topic), deserializer(topic));
    }
}
