package io.unifluid.moderation.operations;

import io.unifluid.client.Cluster;
import io.unifluid.client.TopicScan;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.RegistryUnavailableException;
import io.unifluid.schemas.Topic;
import io.unifluid.schemas.UndecodableRecordException;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.avro.specific.SpecificRecord;

/**
 * Reads a topic of moderation from its beginning to its present end.
 *
 * @param unreadable records that are none of the topic's; they are passed over
 * @param beginningIsGone whether older ones have been deleted already
 * @param oldest when the first that is still there was written; null for an empty topic
 */
public record Recorded(long records, long unreadable, boolean beginningIsGone, Instant oldest) {
    /** What is told of each record. */
    public interface Reader<V> {
        /** @param value null for a tombstone */
        void read(String key, V value);
    }

    /** @throws EnvironmentProblem when not all of it can be read */
    public static <V extends SpecificRecord> Recorded read(Cluster cluster, Topic<V> topic, Reader<V> reader) {
        var counts = new long[2];
        var oldest = new Instant[1];
        try (var scan = new TopicScan(cluster);
                var decoder = new AvroSerdes(cluster.registry()).deserializer(topic)) {
            var extent = scan.extent(topic.name());
            scan.read(extent, record -> {
                counts[0]++;
                var at = Instant.ofEpochMilli(record.timestamp());
                oldest[0] = oldest[0] == null || at.isBefore(oldest[0]) ? at : oldest[0];
                try {
                    var value = decoder.deserialize(topic.name(), record.headers(), record.value());
                    reader.read(record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8), value);
                } catch (UndecodableRecordException e) {
                    counts[1]++;
                }
                return true;
            });
            return new Recorded(counts[0], counts[1], extent.beginningIsGone(), oldest[0]);
        } catch (RegistryUnavailableException e) {
            throw new EnvironmentProblem(e.getMessage(), e);
        }
    }
}
