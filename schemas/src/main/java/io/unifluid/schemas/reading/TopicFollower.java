package io.unifluid.schemas.reading;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Shows the committed records of topics as they come, in memory that is bounded, without a group. All partitions that
 * there are at the start are read; on a thread of its own, until it is closed.
 */
public final class TopicFollower implements AutoCloseable {
    /** Where it starts. */
    public enum From {
        BEGINNING,
        END
    }

    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final CompletableFuture<Map<TopicPartition, Long>> positioned = new CompletableFuture<>();
    private final CompletableFuture<Void> failure = new CompletableFuture<>();
    private final Thread thread;
    private volatile boolean closed;

    /**
     * Returns once it stands where it starts in every partition, so that nothing that is written from then on is missed.
     *
     * @param config Kafka's, with {@code bootstrap.servers}; isolation and offsets are its own affair
     * @param sink is called by one thread; what it throws ends the reading
     * @throws RuntimeException Kafka's, when the topics cannot be read
     */
    public TopicFollower(
            Map<String, ?> config, List<String> topics, From from, Consumer<ConsumerRecord<byte[], byte[]>> sink) {
        this(config, topics, sink, (consumer, partitions) -> {
            switch (from) {
                case BEGINNING -> consumer.seekToBeginning(partitions);
                case END -> consumer.seekToEnd(partitions);
            }
        });
    }

    /**
     * Likewise from the offsets of an earlier reading; a partition without one is read from its beginning, and so is one
     * whose offset is there no more.
     */
    public TopicFollower(
            Map<String, ?> config,
            List<String> topics,
            Map<TopicPartition, Long> offsets,
            Consumer<ConsumerRecord<byte[], byte[]>> sink) {
        this(config, topics, sink, (consumer, partitions) -> {
            for (var partition : partitions) {
                if (offsets.containsKey(partition)) {
                    consumer.seek(partition, offsets.get(partition));
                } else {
                    consumer.seekToBeginning(List.of(partition));
                }
            }
        });
    }

    private TopicFollower(
            Map<String, ?> config,
            List<String> topics,
            Consumer<ConsumerRecord<byte[], byte[]>> sink,
            BiConsumer<KafkaConsumer<byte[], byte[]>, List<TopicPartition>> start) {
        var settings = new HashMap<String, Object>(config);
        settings.put("isolation.level", "read_committed");
        settings.put("enable.auto.commit", "false");
        settings.put("auto.offset.reset", "earliest");
        consumer = new BoundedConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        thread = Thread.ofPlatform()
                .name("follower-" + String.join("-", topics))
                .daemon()
                .start(() -> read(topics, start, sink));
        try {
            positioned.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** Where it started, in every partition. */
    public Map<TopicPartition, Long> started() {
        return positioned.join();
    }

    /** Completes exceptionally when the reading has failed, and never otherwise. */
    public CompletableFuture<Void> failure() {
        return failure;
    }

    /** @throws IllegalStateException when the reading has failed */
    public void requireSound() {
        if (failure.isCompletedExceptionally()) {
            throw new IllegalStateException("Reading has failed.", failure.exceptionNow());
        }
    }

    private void read(
            List<String> topics,
            BiConsumer<KafkaConsumer<byte[], byte[]>, List<TopicPartition>> start,
            Consumer<ConsumerRecord<byte[], byte[]>> sink) {
        try (consumer) {
            var partitions = topics.stream().flatMap(this::partitions).toList();
            consumer.assign(partitions);
            start.accept(consumer, partitions);
            var places = new HashMap<TopicPartition, Long>();
            partitions.forEach(partition -> places.put(partition, consumer.position(partition)));
            positioned.complete(Map.copyOf(places));
            while (!closed) {
                consumer.poll(POLL).forEach(sink);
            }
        } catch (WakeupException e) {
            positioned.cancel(false);
        } catch (RuntimeException e) {
            positioned.completeExceptionally(e);
            failure.completeExceptionally(e);
        }
    }

    private Stream<TopicPartition> partitions(String topic) {
        var known = consumer.partitionsFor(topic);
        if (known == null || known.isEmpty()) {
            throw new UnknownTopicOrPartitionException("There is no topic " + topic + ".");
        }
        return known.stream().map(info -> new TopicPartition(info.topic(), info.partition()));
    }

    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
