package io.unifluid.gateway.view;

import java.time.Duration;
import java.util.function.Consumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.Stores;

/**
 * What is said of requests, by their ids. One gateway reads all partitions, so that it matters to nobody whether two topics
 * have the same number of them; the store has no topic of its own, since those that are read have all that is in it.
 */
final class ViewTopology {
    static final String KEPT = "kept";

    private ViewTopology() {}

    /** @param from how far back it begins where it has read nothing yet */
    static Topology of(
            Duration from, KeepProcessor.Limits limits, KeepProcessor.News news, Consumer<RecordMetadata> worked) {
        return new Topology()
                .addSource(
                        AutoOffsetReset.byDuration(from),
                        "said",
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer(),
                        Said.TOPICS.toArray(String[]::new))
                .addProcessor("keep", () -> new KeepProcessor(limits, news, worked), "said")
                .addStateStore(
                        Stores.keyValueStoreBuilder(
                                        Stores.persistentKeyValueStore(KEPT), Serdes.Bytes(), Serdes.ByteArray())
                                .withCachingDisabled()
                                .withLoggingDisabled(),
                        "keep");
    }
}
