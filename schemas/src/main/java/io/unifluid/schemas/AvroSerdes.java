package io.unifluid.schemas;

import io.confluent.kafka.serializers.KafkaAvroSerializer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Confluent's Avro wire format over the Schema Registry, with this project's generated classes as readers: a record
 * written with a newer schema is resolved to ours, so that unknown fields are skipped, unknown enum symbols become the
 * default and an unknown choice is null. Whatever the writer's schema says, only our classes are built.
 *
 * @param config the Confluent client's own settings, at least {@code schema.registry.url}
 */
public record AvroSerdes(Map<String, String> config) {
    static {
        TrustedClasses.install();
    }

    private static final Map<String, String> DEFAULTS =
            Map.of("http.connect.timeout.ms", "5000", "http.read.timeout.ms", "10000");

    /** How settings begin that choose another schema, another form or another place of the id. */
    private static final List<String> OTHER_WRITERS =
            List.of("use.", "latest.", "rule", "value.schema.id", "avro.", "schema.reflection");

    public AvroSerdes {
        if (!config.containsKey("schema.registry.url")) {
            throw new IllegalArgumentException("schema.registry.url is missing: give the Schema Registry's address.");
        }
        var all = new HashMap<>(DEFAULTS);
        all.putAll(config);
        config = Map.copyOf(all);
    }

    /** Serdes for a registry address; {@code mock://name} is an in-memory registry for unit tests. */
    public static AvroSerdes of(String registryUrl) {
        return new AvroSerdes(Map.of("schema.registry.url", registryUrl));
    }

    /**
     * Throws {@link RegistryUnavailableException} where the registry is what failed.
     *
     * @throws IllegalArgumentException one sentence, if the registry client's settings are wrong
     */
    public <V extends SpecificRecord> Serializer<V> serializer(Topic<V> topic) {
        var confluent = encoder(topic);
        Serializer<? super V> serializer = config.keySet().stream().anyMatch(AvroSerdes::choosesWriter)
                ? confluent
                : new RecordSerializer<V>(confluent, topic.schema());
        return (name, value) -> {
            try {
                return serializer.serialize(name, value);
            } catch (KafkaException e) { // A refusal comes as one of Kafka's own, such as AuthenticationException.
                throw RegistryErrors.away(e)
                        .<KafkaException>map(away -> new RegistryUnavailableException(away, e))
                        .orElse(e);
            }
        };
    }

    /** Whether a setting may have records written otherwise than by our own schema behind its id. */
    private static boolean choosesWriter(String setting) {
        return OTHER_WRITERS.stream().anyMatch(setting::startsWith);
    }

    /**
     * Throws {@link UndecodableRecordException} for a record that is none of the topic's, and
     * {@link RegistryUnavailableException} where the registry is what failed. Give it the record's headers: newer
     * senders put the schema's id there.
     *
     * @throws IllegalArgumentException one sentence, if the registry client's settings are wrong
     */
    public <V extends SpecificRecord> Deserializer<V> deserializer(Topic<V> topic) {
        return new RecordDeserializer<>(topic, configured(() -> WriterSchemas.of(config)));
    }

    /**
     * Makes our schemas of these topics known to the registry, or finds that they are, so that a registry that is away or
     * refuses is found out before the first record.
     *
     * @throws RegistryUnavailableException one sentence; {@link RegistryErrors#refuses} says whether waiting may help
     * @throws IllegalArgumentException one sentence, if the registry client's settings are wrong
     */
    public void register(List<? extends Topic<?>> topics) {
        for (var topic : topics) {
            try (var serializer = encoder(topic)) {
                try {
                    serializer.serialize(topic.name(), LeastRecord.of(topic));
                } catch (KafkaException e) {
                    throw new RegistryUnavailableException(
                            RegistryErrors.away(e)
                                    .orElse(
                                            "The schema registry does not have the schema of " + topic.name()
                                                    + " that this version writes, and registry.auto.register.schemas is false: register it, as EVENTS.md says."),
                            e);
                }
            }
        }
    }

    public <V extends SpecificRecord> Serde<V> serde(Topic<V> topic) {
        return Serdes.serdeFrom(serializer(topic), deserializer(topic));
    }

    private KafkaAvroSerializer encoder(Topic<?> topic) {
        var serializer = topic.otherTypes().isEmpty() ? new KafkaAvroSerializer() : new UnionSerializer(topic.schema());
        return configured(() -> {
            serializer.configure(new HashMap<String, Object>(config), false);
            return serializer;
        });
    }

    private static <T> T configured(Supplier<T> client) {
        try {
            return client.get();
        } catch (RuntimeException e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            throw new IllegalArgumentException(
                    "A setting of the schema registry's client is wrong (" + root.getMessage()
                            + "): check the settings that begin with registry.",
                    e);
        }
    }
}
