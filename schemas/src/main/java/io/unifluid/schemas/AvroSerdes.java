package io.unifluid.schemas;

import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
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
        return (name, value) -> {
            try {
                return serializer.serialize(name, value);
            } catch (SerializationException e) {
                throw translated(e);
            }
        };
    }

    /**
     * Throws {@link UndecodableRecordException} for bytes that are no record of the topic, and
     * {@link RegistryUnavailableException} where the registry is what failed.
     */
    public <V extends SpecificRecord> Deserializer<V> deserializer(Topic<V> topic) {
        var deserializer = new KafkaAvroDeserializer();
        var settings = new HashMap<String, Object>(config);
        settings.put("specific.avro.reader", true);
        deserializer.configure(settings, false);
        return (name, bytes) -> {
            try {
                var record = deserializer.deserialize(name, bytes);
                if (record != null && !topic.valueType().isInstance(record)) {
                    throw new UndecodableRecordException("The record is not of the type that " + name + " carries, "
                            + topic.valueType().getName() + ".");
                }
                return topic.valueType().cast(record);
            } catch (UndecodableRecordException e) {
                throw e;
            } catch (SerializationException | AvroRuntimeException e) {
                if (fromRegistry(e)) {
                    throw translated(e);
                }
                throw new UndecodableRecordException("The record cannot be decoded as Avro with a registered schema.");
            }
        };
    }

    private static boolean fromRegistry(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RestClientException
                    || cause instanceof java.net.SocketException
                    || cause instanceof java.net.SocketTimeoutException
                    || cause instanceof java.net.UnknownHostException) {
                return true;
            }
        }
        return false;
    }

    private static RuntimeException translated(RuntimeException failure) {
        var away = RegistryErrors.away(failure);
        return away.isPresent()
                ? new RegistryUnavailableException(away.get(), failure)
                : new UndecodableRecordException("The record names a schema that the registry does not have.");
    }

    public <V extends SpecificRecord> Serde<V> serde(Topic<V> topic) {
        return Serdes.serdeFrom(serializer(topic), deserializer(topic));
    }
}
