package io.unifluid.schemas.reading;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
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
    private final Queue<CompletableFuture<Void>> asked = new ConcurrentLinkedQueue<>();
    /** Of the reading thread. */
    private final List<Until> until = new ArrayList<>();

    private final Thread thread;
    private volatile boolean closed;

    /** Who waits until so much has been shown. */
    private record Until(Map<TopicPartition, Long> ends, List<CompletableFuture<Void>> waiting) {}

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

    /**
     * Completes when all has been shown that was committed when this was called, on the reading thread; exceptionally when
     * the reading has failed or ended before.
     */
    public CompletableFuture<Void> caughtUp() {
        var done = new CompletableFuture<Void>();
        asked.add(done);
        consumer.wakeup();
        if (failure.isDone() || closed) {
            giveUp();
        }
        return done;
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
                turn(partitions, sink);
            }
        } catch (WakeupException e) {
            positioned.cancel(false);
        } catch (RuntimeException e) {
            positioned.completeExceptionally(e);
            failure.completeExceptionally(e);
        }
        giveUp();
        until.forEach(one -> one.waiting().forEach(this::giveUp));
    }

    private void turn(List<TopicPartition> partitions, Consumer<ConsumerRecord<byte[], byte[]>> sink) {
        try {
            if (!asked.isEmpty()) {
                note(List.copyOf(asked), partitions);
            }
            until.removeIf(this::isReached);
            consumer.poll(POLL).forEach(sink);
        } catch (WakeupException _) {
            // Somebody asks, or it is closed.
        }
    }

    private void note(List<CompletableFuture<Void>> waiting, List<TopicPartition> partitions) {
        try {
            until.add(new Until(consumer.endOffsets(partitions), waiting));
        } catch (RetriableException e) {
            // The broker is away: who asks is told so, and the reading goes on.
            waiting.forEach(one -> one.completeExceptionally(e));
        }
        asked.removeAll(waiting);
    }

    private boolean isReached(Until one) {
        boolean reached =
                one.ends().entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
        if (reached) {
            one.waiting().forEach(waiting -> waiting.complete(null));
        }
        return reached;
    }

    private void giveUp() {
        for (var one = asked.poll(); one != null; one = asked.poll()) {
            giveUp(one);
        }
    }

    private void giveUp(CompletableFuture<Void> waiting) {
        waiting.completeExceptionally(
                failure.isCompletedExceptionally()
                        ? failure.exceptionNow()
                        : new IllegalStateException("Reading has ended."));
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
