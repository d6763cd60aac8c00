package io.unifluid.streams.intake;

import io.unifluid.schemas.WireFormat;
import io.unifluid.schemas.access.KafkaOptions;
import io.unifluid.schemas.reading.BoundedConsumer;
import io.unifluid.streams.config.StreamsSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The intake topics on the brokers, by a consumer without a group that is made when it is first needed. */
public final class KafkaIntakeLog implements IntakeLog {
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Duration ONE_POLL = Duration.ofMillis(100);

    /** As far as a few fetches reach, it is cheaper to read on than to begin anew. */
    private static final long NEAR = 500;

    private final StreamsSettings settings;
    private Consumer<byte[], byte[]> consumer;

    public KafkaIntakeLog(StreamsSettings settings) {
        this.settings = settings;
    }

    @Override
    public List<Found> read(Set<Place> places) {
        var wanted = new HashMap<TopicPartition, TreeSet<Long>>();
        places.forEach(place -> wanted.computeIfAbsent(
                        new TopicPartition(place.topic(), place.partition()), _ -> new TreeSet<>())
                .add(place.offset()));
        try {
            return read(wanted);
        } catch (KafkaException e) {
            throw e instanceof IntakeAwayException away
                    ? away
                    : new IntakeAwayException("Requests cannot be read again from their topics now.", e);
        }
    }

    private List<Found> read(Map<TopicPartition, TreeSet<Long>> wanted) {
        if (consumer == null) {
            var bytes = new ByteArrayDeserializer();
            consumer = new BoundedConsumer<>(reading(), bytes, bytes, settings.threads());
        }
        consumer.assign(wanted.keySet());
        consumer.resume(wanted.keySet());
        wanted.forEach((partition, offsets) -> consumer.seek(partition, offsets.first()));
        var found = new ArrayList<Found>();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!wanted.isEmpty()) {
            if (System.nanoTime() > end) {
                throw new IntakeAwayException(
                        "Requests could not be read again from " + wanted.keySet() + " within " + PATIENCE.toSeconds()
                                + " s.",
                        null);
            }
            poll(wanted, found);
        }
        return found;
    }

    private void poll(Map<TopicPartition, TreeSet<Long>> wanted, List<Found> found) {
        try {
            for (var record : consumer.poll(ONE_POLL)) {
                if (record.value() != null) {
                    found.add(found(record));
                }
            }
        } catch (OffsetOutOfRangeException e) {
            dropDeleted(e.offsetOutOfRangePartitions().keySet(), wanted);
        }
        for (var partition : List.copyOf(wanted.keySet())) {
            goOn(partition, wanted);
        }
    }

    /** What is behind the consumer was found or is not there. */
    private void goOn(TopicPartition partition, Map<TopicPartition, TreeSet<Long>> wanted) {
        long position = consumer.position(partition);
        var offsets = wanted.get(partition);
        offsets.headSet(position).clear();
        if (offsets.isEmpty()) {
            wanted.remove(partition);
            consumer.pause(List.of(partition));
        } else if (offsets.first() > position + NEAR) {
            consumer.seek(partition, offsets.first());
        }
    }

    private void dropDeleted(Set<TopicPartition> partitions, Map<TopicPartition, TreeSet<Long>> wanted) {
        var first = consumer.beginningOffsets(partitions);
        var next = consumer.endOffsets(partitions);
        for (var partition : partitions) {
            var offsets = wanted.get(partition);
            offsets.headSet(first.get(partition)).clear();
            offsets.tailSet(next.get(partition)).clear();
            consumer.seek(partition, offsets.isEmpty() ? next.get(partition) : offsets.first());
        }
    }

    private static Found found(ConsumerRecord<byte[], byte[]> record) {
        byte[] value;
        try {
            value = WireFormat.selfContained(record.headers(), record.value());
        } catch (RuntimeException e) {
            value = record.value(); // Not a request.
        }
        return new Found(record.topic(), record.partition(), record.offset(), value);
    }

    private Map<String, Object> reading() {
        var config = new KafkaOptions(settings.kafka()).consumer();
        config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 256 * 1024);
        config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 50);
        config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(PATIENCE.toMillis()));
        config.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.toIntExact(PATIENCE.toMillis()));
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        return config;
    }

    @Override
    public void close() {
        if (consumer != null) {
            consumer.close();
        }
    }
}
