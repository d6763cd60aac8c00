package io.unifluid.schemas;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.config.TopicConfig;

/**
 * A topic, declared once: its name, what its values are, and the settings it is created with. Keys are strings.
 *
 * @param name the topic's name
 * @param valueType the Avro class of its values; of the first kind where it carries several
 * @param otherTypes of its values' other kinds
 * @param config topic-level settings (see {@link TopicConfig})
 */
public record Topic<V extends SpecificRecord>(
        String name, Class<? extends V> valueType, List<Class<? extends V>> otherTypes, Map<String, String> config) {
    public Topic {
        otherTypes = List.copyOf(otherTypes);
        config = Map.copyOf(config);
    }

    /** Whose values are all of one kind. */
    public Topic(String name, Class<V> valueType, Map<String, String> config) {
        this(name, valueType, List.of(), config);
    }

    /** The classes of its values. */
    public List<Class<? extends V>> types() {
        var all = new ArrayList<Class<? extends V>>(1 + otherTypes.size());
        all.add(valueType);
        all.addAll(otherTypes);
        return all;
    }

    /** What is registered for it: a record, or a union of the records that it carries. */
    public Schema schema() {
        return otherTypes.isEmpty()
                ? SpecificData.get().getSchema(valueType)
                : Schema.createUnion(types().stream()
                        .map(type -> SpecificData.get().getSchema(type))
                        .toList());
    }

    /**
     * How many elements the arrays and maps of one value may have in all, so that a small record cannot become large
     * in memory. A request of 64 questions with 256 choices has 16,448; a batch holds many requests, and its outcomes as
     * many scores.
     */
    public int mostElements() {
        return valueType == MicroBatch.class || valueType == Outcome.class ? 1 << 20 : 1 << 16;
    }
}
