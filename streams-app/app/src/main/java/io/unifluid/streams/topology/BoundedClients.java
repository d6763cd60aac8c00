package io.unifluid.streams.topology;

import io.unifluid.schemas.reading.BoundedConsumer;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/** Kafka's own clients; what others write is bounded as it is read, and may be left unread for a while. */
public final class BoundedClients implements KafkaClientSupplier {
    private final int threads;
    private final Predicate<String> holds;

    /** @param threads that read at the same time */
    public BoundedClients(int threads) {
        this(threads, _ -> false);
    }

    /** @param holds whether a topic is to be left unread now; asked by all threads at every poll */
    public BoundedClients(int threads, Predicate<String> holds) {
        this.threads = threads;
        this.holds = holds;
    }

    @Override
    public Admin getAdmin(Map<String, Object> config) {
        return Admin.create(config);
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        return new TimedProducer(config);
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        return new HoldingConsumer(config, threads, holds);
    }

    /** Reads changelogs, which only this app writes. */
    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        return new PatientConsumer(config, threads);
    }

    /** Waits for news, and not as stream threads do, which must look at the clock meanwhile. */
    private static final class PatientConsumer extends BoundedConsumer<byte[], byte[]> {
        private static final Duration LEAST = Duration.ofMillis(100);

        PatientConsumer(Map<String, Object> config, int consumers) {
            super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer(), consumers);
        }

        @Override
        public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            return super.poll(timeout.compareTo(LEAST) < 0 ? LEAST : timeout);
        }
    }
}
