package io.unifluid.streams.topology;

import io.unifluid.streams.event.CommitBudget;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Kafka's producer, which tells the budget of its stream thread how long transactions take to end. */
final class TimedProducer extends KafkaProducer<byte[], byte[]> {
    private long nanos;

    TimedProducer(Map<String, Object> config) {
        super(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void flush() {
        timed(super::flush);
    }

    @Override
    public void sendOffsetsToTransaction(
            Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata groupMetadata) {
        timed(() -> super.sendOffsetsToTransaction(offsets, groupMetadata));
    }

    @Override
    public void commitTransaction() {
        timed(super::commitTransaction);
        CommitBudget.ofThread().spent(nanos);
        nanos = 0;
    }

    private void timed(Runnable part) {
        long since = System.nanoTime();
        try {
            part.run();
        } finally {
            nanos += System.nanoTime() - since;
        }
    }
}
