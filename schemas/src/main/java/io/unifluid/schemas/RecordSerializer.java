package io.unifluid.schemas;

import io.confluent.kafka.serializers.KafkaAvroSerializer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Writes the same bytes as Confluent's serializer, which has the first record of each topic, registers its schema and so
 * finds out the id; the records that follow are written behind that id by encoders that are used again. Thread-safe.
 */
final class RecordSerializer<V extends SpecificRecord> implements Serializer<V> {
    /** A zero byte and the schema's id. */
    private static final int HEAD = 5;

    /** A larger buffer is not kept for the next record. */
    private static final int MOST_KEPT = 256 * 1024;

    private static final ThreadLocal<Buffer> BUFFERS = ThreadLocal.withInitial(Buffer::new);

    private final KafkaAvroSerializer confluent;
    private final SpecificDatumWriter<V> writer;
    private final Map<String, byte[]> heads = new ConcurrentHashMap<>();

    RecordSerializer(KafkaAvroSerializer confluent, Schema schema) {
        this.confluent = confluent;
        this.writer = new SpecificDatumWriter<>(schema);
    }

    @Override
    public byte[] serialize(String topic, V value) {
        if (value == null) {
            return null;
        }
        byte[] head = heads.get(topic);
        if (head != null) {
            return BUFFERS.get().encoded(head, writer, value);
        }
        byte[] first = confluent.serialize(topic, value);
        heads.put(topic, Arrays.copyOf(first, HEAD));
        return first;
    }

    @Override
    public void close() {
        confluent.close();
    }

    private static final class Buffer {
        private ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private BinaryEncoder encoder;

        <V> byte[] encoded(byte[] head, SpecificDatumWriter<V> writer, V value) {
            try {
                bytes.reset();
                bytes.writeBytes(head);
                encoder = EncoderFactory.get().binaryEncoder(bytes, encoder);
                writer.write(value, encoder);
                encoder.flush();
                return bytes.toByteArray();
            } catch (IOException | RuntimeException e) { // As Confluent's says it.
                encoder = null; // It may hold the beginning of the record.
                throw new SerializationException("Error serializing Avro message", e);
            } finally {
                if (bytes.size() > MOST_KEPT) {
                    bytes = new ByteArrayOutputStream();
                    encoder = null; // It knows the other one.
                }
            }
        }
    }
}
