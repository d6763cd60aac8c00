package io.unifluid.bench;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** One record written in a transaction, and read by somebody who reads only what is committed. */
final class TransactionRoundTrip implements AutoCloseable {
    private static final TopicPartition PLACE = new TopicPartition("bench.transactions", 0);

    private final Producer<byte[], byte[]> producer;
    private final Consumer<byte[], byte[]> consumer;

    TransactionRoundTrip(Map<String, Object> kafka) throws InterruptedException, ExecutionException {
        try (var admin = Admin.create(kafka)) {
            admin.createTopics(List.of(new NewTopic(PLACE.topic(), Optional.of(1), Optional.empty())))
                    .all()
                    .get();
        }
        var producing = new HashMap<>(kafka);
        producing.put("transactional.id", PLACE.topic());
        producer = new KafkaProducer<>(producing, new ByteArraySerializer(), new ByteArraySerializer());
        producer.initTransactions();
        var consuming = new HashMap<>(kafka);
        consuming.put("isolation.level", "read_committed");
        consumer = new KafkaConsumer<>(consuming, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.assign(List.of(PLACE));
        consumer.seekToEnd(List.of(PLACE));
        consumer.position(PLACE);
    }

    /** From the beginning of a transaction to the record in the reader's hands. */
    double millis() {
        long start = System.nanoTime();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(PLACE.topic(), new byte[100]));
        producer.commitTransaction();
        while (consumer.poll(Duration.ofSeconds(10)).isEmpty()) {
            // Markers wake it too.
        }
        return (System.nanoTime() - start) / 1e6;
    }

    @Override
    public void close() {
        producer.close();
        consumer.close();
    }
}
