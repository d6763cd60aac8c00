package io.unifluid.client;

import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.WorkerAnnouncement;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.errors.SerializationException;

/** The workers of a cluster, as they speak of themselves. */
public final class Workers {
    private Workers() {}

    /**
     * Those that have said lately that they run, by name; one that was killed counts until its last word is too old.
     * What is no announcement is left out.
     */
    public static List<WorkerAnnouncement> running(TopicScan scan, String registryUrl, Instant now) {
        SortedMap<String, WorkerAnnouncement> last = new TreeMap<>();
        var topic = Topics.WORKERS.name();
        if (!scan.exists(topic)) {
            return List.of();
        }
        try (var deserializer = AvroSerdes.of(registryUrl).deserializer(Topics.WORKERS)) {
            scan.read(topic, record -> {
                var worker = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
                try {
                    var said = deserializer.deserialize(topic, record.headers(), record.value());
                    if (said == null) {
                        last.remove(worker);
                    } else {
                        last.put(worker, said);
                    }
                } catch (SerializationException e) {
                    // a stranger's record, which says nothing about a worker
                }
                return true;
            });
        }
        return last.values().stream()
                .filter(said ->
                        said.getAt().plusMillis(said.getValidForMillis()).isAfter(now))
                .toList();
    }
}
