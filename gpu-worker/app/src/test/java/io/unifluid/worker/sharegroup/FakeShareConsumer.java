package io.unifluid.worker.sharegroup;

import io.unifluid.worker.pipeline.Batches;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.AcknowledgementCommitCallback;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metrics.KafkaMetric;

/**
 * A share consumer with the rules of Kafka's own (4.3): explicit acknowledgement only, no poll while a record is not
 * acknowledged, nothing new while one is held, renewed records from the next poll. One record per poll.
 */
final class FakeShareConsumer implements ShareConsumer<byte[], byte[]> {
    private final Deque<ConsumerRecord<byte[], byte[]>> lane = new ArrayDeque<>();
    private final Map<Long, ConsumerRecord<byte[], byte[]>> inFlight = new TreeMap<>();
    private final Map<Long, AcknowledgeType> acknowledged = new LinkedHashMap<>();
    private final List<ConsumerRecord<byte[], byte[]>> renewed = new ArrayList<>();
    private final Map<Long, AcknowledgeType> committed = new ConcurrentHashMap<>();
    private int renewals;
    private boolean losesRenewed;
    private boolean closed;
    private Thread owner;

    /** The broker takes back what is renewed from now on. */
    synchronized void loseRenewed() {
        losesRenewed = true;
    }

    synchronized void add(long offset, int deliveryCount, byte[] value) {
        lane.add(new ConsumerRecord<>(
                "unifluid.work." + Batches.LANE,
                0,
                offset,
                0L,
                org.apache.kafka.common.record.TimestampType.CREATE_TIME,
                0,
                value.length,
                null,
                value,
                new org.apache.kafka.common.header.internals.RecordHeaders(),
                Optional.empty(),
                Optional.of((short) deliveryCount)));
    }

    /** How the record was acknowledged for good, null if it was not. */
    AcknowledgeType committed(long offset) {
        return committed.get(offset);
    }

    synchronized int renewals() {
        return renewals;
    }

    synchronized boolean closed() {
        return closed;
    }

    @Override
    public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        checkOwner();
        if (!inFlight.keySet().equals(acknowledged.keySet())) {
            throw new IllegalStateException("All records must be acknowledged in explicit acknowledgement mode.");
        }
        commit();
        if (!renewed.isEmpty()) {
            renewed.forEach(record -> inFlight.put(record.offset(), record));
            renewed.clear();
        } else if (!lane.isEmpty()) {
            ConsumerRecord<byte[], byte[]> next = lane.poll();
            inFlight.put(next.offset(), next);
        }
        if (inFlight.isEmpty()) {
            pause();
            return ConsumerRecords.empty();
        }
        TopicPartition partition = new TopicPartition("unifluid.work." + Batches.LANE, 0);
        return new ConsumerRecords<>(Map.of(partition, List.copyOf(inFlight.values())), Map.of());
    }

    private void pause() {
        try {
            wait(5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized void acknowledge(ConsumerRecord<byte[], byte[]> record, AcknowledgeType type) {
        checkOwner();
        if (!inFlight.containsKey(record.offset())) {
            throw new IllegalStateException("The record cannot be acknowledged.");
        }
        acknowledged.put(record.offset(), type);
    }

    private void commit() {
        acknowledged.forEach((offset, type) -> {
            ConsumerRecord<byte[], byte[]> record = inFlight.remove(offset);
            if (type != AcknowledgeType.RENEW) {
                committed.put(offset, type);
            } else if (!losesRenewed) {
                renewals++;
                renewed.add(record);
            }
        });
        acknowledged.clear();
    }

    @Override
    public synchronized Map<TopicIdPartition, Optional<KafkaException>> commitSync() {
        checkOwner();
        commit();
        return new HashMap<>();
    }

    @Override
    public Map<TopicIdPartition, Optional<KafkaException>> commitSync(Duration timeout) {
        return commitSync();
    }

    @Override
    public void commitAsync() {
        commitSync();
    }

    @Override
    public synchronized void close() {
        commit();
        inFlight.keySet().forEach(offset -> committed.put(offset, AcknowledgeType.RELEASE));
        closed = true;
    }

    @Override
    public void close(Duration timeout) {
        close();
    }

    private void checkOwner() {
        if (owner == null) {
            owner = Thread.currentThread();
        }
        if (owner != Thread.currentThread()) {
            throw new java.util.ConcurrentModificationException("Two threads use the consumer.");
        }
    }

    @Override
    public Set<String> subscription() {
        return Set.of();
    }

    @Override
    public void subscribe(Collection<String> topics) {
        checkOwner();
    }

    @Override
    public void unsubscribe() {}

    @Override
    public void acknowledge(ConsumerRecord<byte[], byte[]> record) {
        acknowledge(record, AcknowledgeType.ACCEPT);
    }

    @Override
    public void acknowledge(String topic, int partition, long offset, AcknowledgeType type) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setAcknowledgementCommitCallback(AcknowledgementCommitCallback callback) {}

    @Override
    public Uuid clientInstanceId(Duration timeout) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Integer> acquisitionLockTimeoutMs() {
        return Optional.empty();
    }

    @Override
    public Map<MetricName, ? extends Metric> metrics() {
        return Map.of();
    }

    @Override
    public void registerMetricForSubscription(KafkaMetric metric) {}

    @Override
    public void unregisterMetricFromSubscription(KafkaMetric metric) {}

    @Override
    public void wakeup() {}
}
