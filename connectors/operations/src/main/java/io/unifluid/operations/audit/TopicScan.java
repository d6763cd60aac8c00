package io.unifluid.operations.audit;

import io.unifluid.schemas.access.Diagnosis;
import io.unifluid.schemas.access.KafkaOptions;
import io.unifluid.schemas.access.Need;
import io.unifluid.schemas.reading.BoundedConsumer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads topics without a group, committed records only, each up to an end that was fixed before. Not thread-safe. */
final class TopicScan implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration STANDSTILL = Duration.ofSeconds(60);

    private final String bootstrapServers;
    private final Diagnosis diagnosis;
    private final BoundedConsumer<byte[], byte[]> consumer;

    TopicScan(String bootstrapServers, Map<String, String> client) {
        this.bootstrapServers = bootstrapServers;
        this.diagnosis = new Diagnosis(bootstrapServers, client, "--client-config's ");
        var settings = new KafkaOptions(client).consumer();
        settings.put("bootstrap.servers", bootstrapServers);
        settings.put("isolation.level", "read_committed");
        settings.put("enable.auto.commit", "false");
        settings.put("auto.offset.reset", "none");
        settings.put("allow.auto.create.topics", "false");
        settings.putIfAbsent("default.api.timeout.ms", "30000");
        settings.putIfAbsent("max.poll.records", "5000");
        consumer =
                told(() -> new BoundedConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    /**
     * Topics with the part of them that counts.
     *
     * @param ends offsets up to which all transactions are decided
     */
    record Extent(List<String> topics, Map<TopicPartition, Long> beginnings, Map<TopicPartition, Long> ends) {
        boolean beginningIsGone() {
            return beginnings.values().stream().anyMatch(offset -> offset > 0);
        }
    }

    Extent extent(String... topics) {
        return told(() -> {
            List<TopicPartition> partitions = Stream.of(topics)
                    .flatMap(this::described)
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            return new Extent(List.of(topics), consumer.beginningOffsets(partitions), consumer.endOffsets(partitions));
        });
    }

    private Stream<PartitionInfo> described(String topic) {
        var partitions = consumer.partitionsFor(topic);
        if (partitions == null || partitions.isEmpty()) {
            throw new AuditException(
                    "There is no topic " + topic + " at " + bootstrapServers + ": check that it is the right cluster.",
                    null);
        }
        return partitions.stream();
    }

    /** Hands every committed record of the extent to the sink, while more are wanted. */
    void read(Extent extent, Consumer<ConsumerRecord<byte[], byte[]>> sink, BooleanSupplier more) {
        told(() -> {
            var left = new HashMap<>(extent.ends());
            left.entrySet().removeIf(end -> extent.beginnings().get(end.getKey()) >= end.getValue());
            consumer.assign(left.keySet());
            left.keySet()
                    .forEach(partition ->
                            consumer.seek(partition, extent.beginnings().get(partition)));
            long movedAt = System.nanoTime();
            while (!left.isEmpty() && more.getAsBoolean()) {
                for (var record : consumer.poll(POLL)) {
                    if (record.offset() < extent.ends().get(new TopicPartition(record.topic(), record.partition()))) {
                        sink.accept(record);
                    }
                    movedAt = System.nanoTime();
                }
                // Positions move over transaction markers and aborted records as well.
                left.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
                consumer.assign(left.keySet());
                if (System.nanoTime() - movedAt > STANDSTILL.toNanos()) {
                    throw new AuditException(
                            "Reading " + String.join(" and ", extent.topics())
                                    + " stands still before its end: check the brokers of " + bootstrapServers + ".",
                            null);
                }
            }
            return null;
        });
    }

    private <T> T told(java.util.function.Supplier<T> action) {
        try {
            return action.get();
        } catch (KafkaException e) {
            throw new AuditException(
                    diagnosis
                            .of(e, Need.topic("of requests, results or dead letters", AclOperation.READ))
                            .orElse("The topics cannot be read at " + bootstrapServers + " (" + e.getMessage() + ")."),
                    e);
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
