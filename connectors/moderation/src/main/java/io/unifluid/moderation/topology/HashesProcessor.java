package io.unifluid.moderation.topology;

import io.unifluid.moderation.event.HashRecords;
import io.unifluid.moderation.hash.HashLists;
import io.unifluid.moderation.metrics.ModerationMetrics;
import io.unifluid.schemas.HashListEntry;
import io.unifluid.schemas.Topics;
import java.util.Optional;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the hash lists. An entry that is none is left out, counted and logged. */
final class HashesProcessor implements Processor<String, byte[], Void, Void> {
    private static final Logger LOG = LoggerFactory.getLogger(HashesProcessor.class);

    private final HashLists lists;
    private final Deserializer<HashListEntry> decoder;
    private final ModerationMetrics metrics;

    HashesProcessor(HashLists lists, Deserializer<HashListEntry> decoder, ModerationMetrics metrics) {
        this.lists = lists;
        this.decoder = decoder;
        this.metrics = metrics;
    }

    @Override
    public void process(Record<String, byte[]> record) {
        var key = String.valueOf(record.key());
        if (record.value() == null) {
            lists.remove(key);
            return;
        }
        Patiently.read(() -> decoder.deserialize(Topics.HASHES.name(), record.headers(), record.value()))
                .flatMap(entry -> put(key, entry), Optional::of)
                .ifPresent(why -> {
                    lists.remove(key);
                    metrics.unusable(Topics.HASHES.name());
                    LOG.warn("The list entry '{}' cannot be used and is left out: {}", key, why);
                });
    }

    private Optional<String> put(String key, HashListEntry entry) {
        try {
            lists.put(key, HashRecords.read(key, entry));
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(e.getMessage());
        }
    }
}
