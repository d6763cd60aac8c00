package io.unifluid.client;

import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.schemas.access.Need;
import io.unifluid.schemas.reading.BoundedConsumer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the committed records of topics from the beginning to their present end, without a group. Not thread-safe. */
public final class TopicScan implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration STALLED_AFTER = Duration.ofSeconds(60);

    private final Cluster cluster;
    private final BoundedConsumer<byte[], byte[]> consumer;

    public TopicScan(Cluster cluster) {
        this.cluster = cluster;
        var settings = cluster.consumer();
        settings.put("isolation.level", "read_committed");
        settings.put("enable.auto.commit", "false");
        settings.put("auto.offset.reset", "none");
        settings.put("allow.auto.create.topics", "false");
        settings.put("default.api.timeout.ms", "15000");
        this.consumer = asked(
                "any",
                () -> new BoundedConsumer<>(
                        Map.<String, Object>copyOf(settings),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer()));
    }

    /** Asks for this one topic: a list of all leaves out those that may not be seen. */
    public boolean exists(String topic) {
        return asked(topic, () -> !described(topic).isEmpty());
    }

    private List<PartitionInfo> described(String topic) {
        var partitions = consumer.partitionsFor(topic);
        return partitions == null ? List.of() : partitions;
    }

    /** The first offset that each partition still has. */
    public Map<Integer, Long> beginnings(String topic) {
        return asked(topic, () -> {
            var first = new HashMap<Integer, Long>();
            consumer.beginningOffsets(partitions(topic))
                    .forEach((partition, offset) -> first.put(partition.partition(), offset));
            return first;
        });
    }

    /**
     * How much lies in a topic.
     *
     * @param entries of all partitions, transaction markers included
     */
    public record TopicSize(int partitions, long entries) {}

    /** Of every topic whose name begins so, by name. */
    public SortedMap<String, TopicSize> sizes(String prefix) {
        return asked(prefix + "*", () -> {
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
        });
    }

    /**
     * Topics with the part of them that counts: what was committed when this was asked for.
     *
     * @param beginnings the first offset of each partition
     * @param ends offsets up to which all transactions are decided
     */
    public record Extent(List<String> topics, Map<TopicPartition, Long> beginnings, Map<TopicPartition, Long> ends) {
        public Extent {
            topics = List.copyOf(topics);
            beginnings = Map.copyOf(beginnings);
            ends = Map.copyOf(ends);
        }

        /** Whether records have left the topics already. */
        public boolean beginningIsGone() {
            return beginnings.values().stream().anyMatch(offset -> offset > 0);
        }

        private String named() {
            return String.join(" and ", topics);
        }
    }

    /** @throws EnvironmentProblem when one of them is not there or may not be read */
    public Extent extent(String... topics) {
        var all = List.of(topics);
        return asked(String.join(" and ", all), () -> {
            var partitions =
                    all.stream().flatMap(topic -> partitions(topic).stream()).toList();
            return new Extent(all, consumer.beginningOffsets(partitions), consumer.endOffsets(partitions));
        });
    }

    /**
     * From the first records that are not older.
     *
     * @throws EnvironmentProblem when the topic is not there or may not be read
     */
    public Extent since(String topic, Instant time) {
        var whole = extent(topic);
        return asked(topic, () -> {
            var asked = new HashMap<TopicPartition, Long>();
            whole.ends().keySet().forEach(partition -> asked.put(partition, Math.max(0, time.toEpochMilli())));
            var first = new HashMap<>(whole.ends());
            consumer.offsetsForTimes(asked).forEach((partition, found) -> {
                if (found != null) {
                    first.put(partition, Math.min(found.offset(), whole.ends().get(partition)));
                }
            });
            return new Extent(whole.topics(), first, whole.ends());
        });
    }

    /**
     * Shows every record that was committed when this was called, partition by partition in order.
     *
     * @param more returns false when it has seen enough
     * @throws EnvironmentProblem when not all of them could be read
     */
    public void read(String topic, Predicate<ConsumerRecord<byte[], byte[]>> more) {
        read(extent(topic), more);
    }

    /**
     * Shows every record of the extent, partition by partition in order.
     *
     * @param more returns false when it has seen enough
     * @throws EnvironmentProblem when not all of them could be read
     */
    public void read(Extent extent, Predicate<ConsumerRecord<byte[], byte[]>> more) {
        asked(extent.named(), () -> {
            consumer.assign(extent.beginnings().keySet());
            extent.beginnings().forEach(consumer::seek);
            return null;
        });
        readTo(extent.named(), extent.ends(), more);
    }

    /** The record at this place, or null. */
    public ConsumerRecord<byte[], byte[]> at(String topic, int partition, long offset) {
        var place = new TopicPartition(topic, partition);
        var places = List.of(place);
        var end = asked(topic, () -> {
            if (!partitions(topic).contains(place)
                    || offset < consumer.beginningOffsets(places).get(place)) {
                return Map.<TopicPartition, Long>of();
            }
            consumer.assign(places);
            consumer.seek(place, offset);
            return consumer.endOffsets(places);
        });
        if (offset >= end.getOrDefault(place, 0L)) {
            return null;
        }
        var found = new ConsumerRecord<?, ?>[1];
        readTo(topic, end, record -> {
            found[0] = record.offset() == offset ? record : null;
            return false;
        });
        @SuppressWarnings("unchecked")
        var record = (ConsumerRecord<byte[], byte[]>) found[0];
        return record;
    }

    /** What the predicate throws is its own affair. */
    private void readTo(String topic, Map<TopicPartition, Long> end, Predicate<ConsumerRecord<byte[], byte[]>> more) {
        var moved = System.nanoTime();
        var before = -1L;
        while (true) {
            var positions = asked(
                    topic,
                    () -> end.keySet().stream().collect(Collectors.toMap(Function.identity(), consumer::position)));
            var at = positions.values().stream().mapToLong(Long::longValue).sum();
            if (at != before) {
                before = at;
                moved = System.nanoTime();
            } else if (System.nanoTime() - moved > STALLED_AFTER.toNanos()) {
                throw new EnvironmentProblem("The broker " + cluster.bootstrapServers() + " has sent nothing for "
                        + STALLED_AFTER.toSeconds() + " s although there is more to read in " + end.keySet() + ".");
            }
            if (end.entrySet().stream().allMatch(e -> positions.get(e.getKey()) >= e.getValue())) {
                return;
            }
            for (var record : asked(topic, () -> consumer.poll(POLL))) {
                var last = end.get(new TopicPartition(record.topic(), record.partition()));
                if (record.offset() < last && !more.test(record)) {
                    return;
                }
            }
        }
    }

    private <T> T asked(String topic, Supplier<T> question) {
        try {
            return question.get();
        } catch (KafkaException e) {
            throw cluster.refused(e, Need.topic(topic, AclOperation.READ));
        }
    }

    private List<TopicPartition> partitions(String topic) {
        var partitions = described(topic);
        if (partitions.isEmpty()) {
            throw cluster.lacks(topic, null);
        }
        return partitions.stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
