package io.unifluid.schemas;

import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.config.TopicConfig;

/**
 * A topic, declared once: its name, what its values are, and the settings it is created with. Keys are strings.
 *
 * @param name the topic's name
 * @param valueType the Avro class of its values
 * @param config topic-level settings (see {@link TopicConfig})
 */
public record Topic<V extends SpecificRecord>(String name, Class<V> valueType, Map<String, String> config) {
    public Topic {
        config = Map.copyOf(config);
    }

    /**
     * How many elements the arrays and maps of one value may have in all, so that a small record cannot become large
     * in memory. A request of 64 questions with 256 choices has 16,448; a batch holds many requests.
     */
    public int mostElements() {
        return valueType == MicroBatch.class ? 1 << 20 : 1 << 16;
    }
}
