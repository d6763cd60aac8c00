package io.unifluid.operations.tenants;

import io.unifluid.client.Cluster;
import io.unifluid.client.TopicScan;
import io.unifluid.client.TopicWriter;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Topic;
import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.schemas.access.Need;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;

/**
 * What stands on a compacted topic, read whole at each look and changed a record at a time. For people at a terminal: two that
 * change the same record at the same moment overwrite each other.
 */
final class Register<V extends SpecificRecord> {
    private final Cluster cluster;
    private final Topic<V> topic;

    Register(Cluster cluster, Topic<V> topic) {
        this.cluster = cluster;
        this.topic = topic;
    }

    /**
     * By key.
     *
     * @throws EnvironmentProblem when the broker or the registry does not serve it
     */
    SortedMap<String, V> all() {
        var all = new TreeMap<String, V>();
        try (var scan = new TopicScan(cluster);
                var records = new AvroSerdes(cluster.registry()).deserializer(topic)) {
            scan.read(topic.name(), record -> {
                var key = new String(record.key(), StandardCharsets.UTF_8);
                if (record.value() == null) {
                    all.remove(key);
                } else {
                    all.put(key, records.deserialize(topic.name(), record.headers(), record.value()));
                }
                return true;
            });
        } catch (KafkaException e) {
            throw cluster.refused(e, Need.topic(topic.name(), AclOperation.READ));
        }
        return all;
    }

    /**
     * Returns when it stands for everybody.
     *
     * @param value null to remove it
     * @throws EnvironmentProblem when the broker or the registry does not take it
     */
    void write(String key, V value) {
        try (var writer = new TopicWriter<>(cluster, topic)) {
            writer.send(key, value);
        }
    }
}
