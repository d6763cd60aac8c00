package io.unifluid.local.letters;

import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.unifluid.local.client.Why;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.errors.SerializationException;

/** Reads a dead letter's bytes with the schema that they name, where the registry has it by now. */
public final class Decoding implements AutoCloseable {

    private final KafkaAvroDeserializer deserializer = new KafkaAvroDeserializer();

    /** @param registry all that the registry's client is told */
    public Decoding(Map<String, String> registry) {
        deserializer.configure(registry, false);
    }

    /** What became of decoding: the record, or one sentence that says why not. */
    public record Decoded(Optional<GenericRecord> record, String problem) {}

    public Decoded decode(DeadLetter letter) {
        var bytes = letter.record().value();
        if (bytes == null) {
            return new Decoded(Optional.empty(), "The record has no value.");
        }
        try {
            return deserializer.deserialize(letter.topic().orElse(""), bytes) instanceof GenericRecord record
                    ? new Decoded(Optional.of(record), "")
                    : new Decoded(Optional.empty(), "It is Avro, but no record.");
        } catch (SerializationException | org.apache.avro.AvroRuntimeException e) {
            return new Decoded(Optional.empty(), "It cannot be decoded (" + Why.of(e) + ").");
        }
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
    private static Optional<String> within(GenericRecord record, String field) {
        if (record.hasField(field) && record.get(field) != null) {
            return Optional.of(record.get(field).toString());
        }
        return record.hasField("request") && record.get("request") instanceof GenericRecord request
                ? within(request, field)
                : Optional.empty();
    }

    @Override
    public void close() {
        deserializer.close();
    }
}
