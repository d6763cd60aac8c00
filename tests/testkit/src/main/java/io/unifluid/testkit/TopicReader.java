package io.unifluid.testkit;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads committed records of one topic from its present end on, on a thread of its own, without a group. */
final class TopicReader implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread;
    private final CompletableFuture<Void> positioned = new CompletableFuture<>();
    private volatile boolean closed;

    /**
     * Returns once it stands at the end of every partition.
     *
     * @param client who reads
     */
    TopicReader(
            String bootstrapServers,
            Map<String, String> client,
            String topic,
            Consumer<ConsumerRecord<byte[], byte[]>> sink) {
        var settings = new HashMap<String, Object>(client);
        settings.put("bootstrap.servers", bootstrapServers);
        settings.put("isolation.level", "read_committed");
        settings.put("auto.offset.reset", "earliest");
        settings.put("enable.auto.commit", "false");
        this.consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.thread = Thread.ofVirtual().name("reader-" + topic).start(() -> read(topic, sink));
        positioned.join();
    }

    private void read(String topic, Consumer<ConsumerRecord<byte[], byte[]>> sink) {
        try (consumer) {
            var partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position);
            positioned.complete(null);
            while (!closed) {
                consumer.poll(Duration.ofMillis(200)).forEach(sink);
            }
        } catch (WakeupException e) {
            positioned.cancel(false);
        } catch (RuntimeException e) {
            positioned.completeExceptionally(e);
            throw e;
        }
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
