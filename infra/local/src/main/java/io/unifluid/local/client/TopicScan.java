package io.unifluid.local.client;

import io.unifluid.local.stack.EnvironmentProblem;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the committed records of topics from the beginning to their present end, without a group. Not thread-safe. */
public final class TopicScan implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration STALLED_AFTER = Duration.ofSeconds(60);

    private final Cluster cluster;
    private final KafkaConsumer<byte[], byte[]> consumer;

    public TopicScan(Cluster cluster) {
        this.cluster = cluster;
        var settings = new HashMap<>(cluster.kafka());
        settings.put("isolation.level", "read_committed");
        settings.put("enable.auto.commit", "false");
        settings.put("auto.offset.reset", "none");
        settings.put("default.api.timeout.ms", "15000");
        this.consumer = new KafkaConsumer<>(
                Map.<String, Object>copyOf(settings), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    public boolean exists(String topic) {
        try {
            return consumer.listTopics().containsKey(topic);
        } catch (KafkaException e) {
            throw cluster.silent(e);
        }
    }

    /** The first offset that each partition still has. */
    public Map<Integer, Long> beginnings(String topic) {
        try {
            var first = new HashMap<Integer, Long>();
            consumer.beginningOffsets(partitions(topic))
                    .forEach((partition, offset) -> first.put(partition.partition(), offset));
            return first;
        } catch (KafkaException e) {
            throw cluster.silent(e);
        }
    }

    /**
     * How much lies in a topic.
     *
     * @param entries of all partitions, transaction markers included
     */
    public record TopicSize(int partitions, long entries) {}

    /** Of every topic whose name begins so, by name. */
    public SortedMap<String, TopicSize> sizes(String prefix) {
        try {
            var sizes = new TreeMap<String, TopicSize>();
            for (var topic : consumer.listTopics().entrySet()) {
                if (topic.getKey().startsWith(prefix)) {
                    var partitions = topic.getValue().stream()
                            .map(info -> new TopicPartition(info.topic(), info.partition()))
                            .toList();
                    var first = consumer.beginningOffsets(partitions);
                    var last = consumer.endOffsets(partitions);
                    long entries = partitions.stream()
                            .mapToLong(p -> last.get(p) - first.get(p))
                            .sum();
                    sizes.put(topic.getKey(), new TopicSize(partitions.size(), entries));
                }
            }
            return sizes;
        } catch (KafkaException e) {
            throw cluster.silent(e);
        }
    }

    /**
     * Shows every record that was committed when this was called, partition by partition in order.
     *
     * @param more returns false when it has seen enough
     * @throws EnvironmentProblem when not all of them could be read
     */
    public void read(String topic, Predicate<ConsumerRecord<byte[], byte[]>> more) {
        try {
            var partitions = partitions(topic);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            readTo(consumer.endOffsets(partitions), more);
        } catch (KafkaException e) {
            throw cluster.silent(e);
        }
    }

    /** The record at this place, or null. */
    public ConsumerRecord<byte[], byte[]> at(String topic, int partition, long offset) {
        try {
            var place = new TopicPartition(topic, partition);
            if (!partitions(topic).contains(place)) {
                return null;
            }
            var places = List.of(place);
            var end = consumer.endOffsets(places);
            if (offset < consumer.beginningOffsets(places).get(place) || offset >= end.get(place)) {
                return null;
            }
            consumer.assign(places);
            consumer.seek(place, offset);
            var found = new ConsumerRecord<?, ?>[1];
            readTo(end, record -> {
                found[0] = record.offset() == offset ? record : null;
                return false;
            });
            @SuppressWarnings("unchecked")
            var record = (ConsumerRecord<byte[], byte[]>) found[0];
            return record;
        } catch (KafkaException e) {
            throw cluster.silent(e);
        }
    }

    private void readTo(Map<TopicPartition, Long> end, Predicate<ConsumerRecord<byte[], byte[]>> more) {
        var moved = System.nanoTime();
        var before = -1L;
        while (true) {
            var at = end.keySet().stream().mapToLong(consumer::position).sum();
            if (at != before) {
                before = at;
                moved = System.nanoTime();
            } else if (System.nanoTime() - moved > STALLED_AFTER.toNanos()) {
                throw new EnvironmentProblem("The broker " + cluster.bootstrapServers() + " has sent nothing for "
                        + STALLED_AFTER.toSeconds() + " s although there is more to read in " + end.keySet() + ".");
            }
            var left = end.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue());
            if (!left) {
                return;
            }
            for (var record : consumer.poll(POLL)) {
                var last = end.get(new TopicPartition(record.topic(), record.partition()));
                if (record.offset() < last && !more.test(record)) {
                    return;
                }
            }
        }
    }

    private List<TopicPartition> partitions(String topic) {
        if (!consumer.listTopics().containsKey(topic)) {
            throw new EnvironmentProblem("There is no topic " + topic + " on " + cluster.bootstrapServers()
                    + ": is this the right cluster, and was the system ever started there?");
        }
        return consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
