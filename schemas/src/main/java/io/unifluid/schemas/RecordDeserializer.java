package io.unifluid.schemas;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Decodes what anybody may have written into the topic's own class, or refuses it: the schema that the record names is
 * fetched and judged first, then decides where fields are, and never what is built. Thread-safe.
 */
final class RecordDeserializer<V extends SpecificRecord> implements Deserializer<V> {
    /** Anybody may register schemas without end; these are some hundreds of usual ones. */
    private static final int MOST_CHARACTERS_KEPT = 1024 * 1024;

    private final Topic<V> topic;
    private final WriterSchemas schemas;
    private final Schema reader;
    /** What became of the schemas seen last, by id, the one not needed for longest first. */
    private final Map<Integer, Known> known = new LinkedHashMap<>(16, 0.75f, true);

    private int charactersKept;

    private sealed interface Known {
        int characters();

        record Readable(RecordReader by, int characters) implements Known {}

        /** Will be refused whenever it is named. */
        record Refused(String sentence, int characters) implements Known {}
    }

    RecordDeserializer(Topic<V> topic, WriterSchemas schemas) {
        this.topic = topic;
        this.schemas = schemas;
        this.reader = topic.schema();
    }

    @Override
    public V deserialize(String name, byte[] value) {
        return deserialize(name, null, value);
    }

    @Override
    @SuppressWarnings("unchecked") // What is built is of the reader's schema, which is the topic's.
    public V deserialize(String name, Headers headers, byte[] value) {
        if (value == null) {
            return null;
        }
        var format = WireFormat.of(headers, value);
        return switch (known(format.schemaId())) {
            case Known.Readable readable -> (V) readable.by().read(value, format.bodyAt(), topic.mostElements());
            case Known.Refused refused -> throw new UndecodableRecordException(refused.sentence());
        };
    }

    private Known known(int id) {
        synchronized (known) {
            var kept = known.get(id);
            if (kept != null) {
                return kept;
            }
        }
        var text = schemas.text(id);
        var judged = judge(id, text);
        synchronized (known) {
            if (known.putIfAbsent(id, judged) == null) {
                charactersKept += judged.characters();
                forgetOldest();
            }
        }
        return judged;
    }

    private Known judge(int id, String text) {
        try {
            var writer = WriterSchema.parse(id, text, reader);
            return new Known.Readable(
                    new RecordReader(writer, reader, topic.valueType().getClassLoader()), text.length());
        } catch (UndecodableRecordException e) {
            return new Known.Refused(e.getMessage(), e.getMessage().length());
        }
    }

    private void forgetOldest() {
        Iterator<Known> oldest = known.values().iterator();
        while (charactersKept > MOST_CHARACTERS_KEPT) {
            charactersKept -= oldest.next().characters();
            oldest.remove();
        }
    }

    @Override
    public void close() {
        schemas.close();
    }
}
