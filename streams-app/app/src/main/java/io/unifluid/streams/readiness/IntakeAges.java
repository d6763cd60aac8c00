package io.unifluid.streams.readiness;

import io.unifluid.schemas.access.KafkaOptions;
import io.unifluid.schemas.reading.BoundedConsumer;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.streams.event.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How old the first record is that the app has not read, by topic: looked up where the group's offset stands, whether or
 * not the app reads at all. Also notices records that were deleted before they were read. Belongs to one thread.
 */
final class IntakeAges implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IntakeAges.class);
    private static final Duration NEXT_RECORD = Duration.ofSeconds(2);
    private static final Deserializer<Void> NOTHING = (topic, bytes) -> null;

    private final StreamsSettings settings;
    private final BiConsumer<String, Long> deletedUnread;
    private final Runnable answered;
    private final Map<TopicPartition, Long> beginnings = new HashMap<>();
    private Consumer<Void, Void> reader;

    /**
     * @param deletedUnread told a topic, and how many of its records were deleted unread since it was told last
     * @param answered told whenever Kafka gave a record out
     */
    IntakeAges(StreamsSettings settings, BiConsumer<String, Long> deletedUnread, Runnable answered) {
        this.settings = settings;
        this.deletedUnread = deletedUnread;
        this.answered = answered;
    }

    /** @param partitions of the topics that are there */
    Map<String, Duration> look(Admin admin, List<String> topics, Map<String, Integer> partitions, Duration patience)
            throws ExecutionException, InterruptedException, TimeoutException {
        var all = new HashMap<TopicPartition, OffsetSpec>();
        for (var topic : topics) {
            for (int i = 0; i < partitions.getOrDefault(topic, 0); i++) {
                all.put(new TopicPartition(topic, i), OffsetSpec.earliest());
            }
        }
        var first = admin.listOffsets(all).all().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        all.replaceAll((_, _) -> OffsetSpec.latest());
        var end = admin.listOffsets(all).all().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        var read = admin.listConsumerGroupOffsets(settings.applicationId())
                .partitionsToOffsetAndMetadata()
                .get(patience.toMillis(), TimeUnit.MILLISECONDS);
        var unread = new HashMap<TopicPartition, Long>();
        for (var partition : all.keySet()) {
            long beginning = first.get(partition).offset();
            OffsetAndMetadata committed = read.get(partition);
            if (committed != null) {
                noteDeleted(partition, committed.offset(), beginning);
            }
            long next = committed == null ? beginning : Math.max(beginning, committed.offset());
            if (next < end.get(partition).offset()) {
                unread.put(partition, next);
            }
        }
        return unread.isEmpty() ? Map.of() : ages(unread, Instant.now());
    }

    private void noteDeleted(TopicPartition partition, long committed, long beginning) {
        long known = Math.max(committed, beginnings.getOrDefault(partition, 0L));
        if (beginning > known) {
            LOG.error(
                    "{} records of {} were deleted before they were read: its retention was shorter than the backlog.",
                    beginning - known,
                    partition);
            deletedUnread.accept(partition.topic(), beginning - known);
            beginnings.put(partition, beginning);
        }
    }

    /** Of all partitions together: one after the other takes as many times as long on a busy broker. */
    private Map<String, Duration> ages(Map<TopicPartition, Long> unread, Instant now) {
        if (reader == null) {
            reader = new BoundedConsumer<>(reading(), NOTHING, NOTHING, settings.threads());
        }
        reader.assign(unread.keySet());
        reader.resume(unread.keySet()); // Who was read and paused at the last look is so still.
        unread.forEach(reader::seek);
        var ages = new HashMap<String, Duration>();
        var missing = new HashSet<>(unread.keySet());
        long end = System.nanoTime() + NEXT_RECORD.toNanos();
        for (long left = NEXT_RECORD.toNanos(); !missing.isEmpty() && left > 0; left = end - System.nanoTime()) {
            var records = reader.poll(Duration.ofNanos(left));
            for (var partition : records.partitions()) {
                missing.remove(partition);
                age(records.records(partition).getFirst().timestamp(), now)
                        .ifPresent(age -> ages.merge(partition.topic(), age, IntakeAges::longer));
            }
            if (!records.isEmpty()) {
                reader.pause(records.partitions());
                answered.run();
                end = System.nanoTime() + NEXT_RECORD.toNanos();
            }
        }
        return ages;
    }

    private static Optional<Duration> age(long timestamp, Instant now) {
        return Optional.of(Duration.between(Times.bounded(Instant.ofEpochMilli(timestamp)), now))
                .filter(age -> timestamp >= 0 && !age.isNegative());
    }

    private Map<String, Object> reading() {
        var config = new KafkaOptions(settings.kafka()).consumer();
        config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 4 * 1024);
        config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 50);
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        return config;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    @Override
    public void close() {
        if (reader != null) {
            reader.close();
        }
    }
}
