package io.unifluid.streams.topology;

import io.unifluid.schemas.reading.BoundedConsumer;
import io.unifluid.streams.event.BoundedBytes;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * A stream thread's consumer that leaves topics unread for a while. Kafka Streams pauses and resumes partitions for reasons of its
 * own; one is read when neither wants it paused.
 */
final class HoldingConsumer extends BoundedConsumer<byte[], byte[]> {
    private final Predicate<String> holds;
    private final Set<TopicPartition> pausedByStreams = new HashSet<>();
    private Set<TopicPartition> held = Set.of();

    /** @param holds whether a topic is to be left unread now */
    HoldingConsumer(Map<String, Object> config, int consumers, Predicate<String> holds) {
        super(config, BoundedBytes.keys(), BoundedBytes.values(), consumers);
        this.holds = holds;
    }

    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        var assigned = assignment();
        pausedByStreams.retainAll(assigned);
        var now = assigned.stream()
                .filter(partition -> holds.test(partition.topic()))
                .collect(Collectors.toUnmodifiableSet());
        super.pause(now); // also what is held already: a partition that came back is not paused any more
        super.resume(held.stream()
                .filter(assigned::contains)
                .filter(partition -> !now.contains(partition) && !pausedByStreams.contains(partition))
                .toList());
        held = now;
        return super.poll(timeout);
    }

    @Override
    public void pause(Collection<TopicPartition> partitions) {
        pausedByStreams.addAll(partitions);
        super.pause(partitions);
    }

    @Override
    public void resume(Collection<TopicPartition> partitions) {
        pausedByStreams.removeAll(Set.copyOf(partitions));
        super.resume(partitions.stream()
                .filter(partition -> !held.contains(partition))
                .toList());
    }
}
