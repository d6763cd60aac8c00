package io.unifluid.operations.deadletter;

import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Topic;
import io.unifluid.schemas.Topics;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;

/** Reads a dead letter's bytes as a record of the topic that it came from, where that is possible by now. */
public final class Decoding implements AutoCloseable {
    private final AvroSerdes serdes;
    private final Map<String, Deserializer<?>> deserializers = new HashMap<>();

    /** @param registry all that the registry's client is told */
    public Decoding(Map<String, String> registry) {
        serdes = new AvroSerdes(registry);
    }

    /** What became of decoding: the record, or one sentence that says why not. */
    public record Decoded(Optional<SpecificRecordBase> record, String problem) {}

    public Decoded decode(DeadLetter letter) {
        var topic = letter.topic().flatMap(Decoding::named);
        if (letter.record().value() == null) {
            return new Decoded(Optional.empty(), "The record has no value.");
        }
        if (topic.isEmpty()) {
            return new Decoded(Optional.empty(), "It did not come from a topic of the system.");
        }
        try {
            var record = deserializers
                    .computeIfAbsent(topic.get().name(), _ -> serdes.deserializer(topic.get()))
                    .deserialize(
                            topic.get().name(),
                            letter.record().headers(),
                            letter.record().value());
            return new Decoded(Optional.of((SpecificRecordBase) record), "");
        } catch (SerializationException e) {
            return new Decoded(Optional.empty(), e.getMessage());
        }
    }

    private static Optional<Topic<?>> named(String name) {
        return Topics.all().stream().filter(topic -> topic.name().equals(name)).findFirst();
    }

    /** The tenant that it names, where it can be decoded and names one. */
    Optional<String> tenant(DeadLetter letter) {
        return text(letter, "tenant");
    }

    /** The request that it names, where it can be decoded and names one. */
    Optional<String> request(DeadLetter letter) {
        return text(letter, "requestId");
    }

    private Optional<String> text(DeadLetter letter, String field) {
        return decode(letter).record().flatMap(record -> within(record, field));
    }

    /** The field of the record, or of the request that it carries. */
    private static Optional<String> within(SpecificRecordBase record, String field) {
        if (has(record, field)) {
            return Optional.ofNullable(record.get(field)).map(Object::toString);
        }
        return has(record, "request") && record.get("request") instanceof SpecificRecordBase request
                ? within(request, field)
                : Optional.empty();
    }

    private static boolean has(SpecificRecordBase record, String field) {
        return record.getSchema().getField(field) != null;
    }

    @Override
    public void close() {
        deserializers.values().forEach(Deserializer::close);
    }
}
