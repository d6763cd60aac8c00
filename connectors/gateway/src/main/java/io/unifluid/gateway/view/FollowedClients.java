package io.unifluid.gateway.view;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/** Kafka's own clients; the one that reads says how far behind it is. */
final class FollowedClients implements KafkaClientSupplier {
    private volatile long behind = -1;
    private volatile boolean caughtUp;

    /** Records that were not read yet when somebody looked last; -1 until that is known. */
    long behind() {
        return behind;
    }

    /** Whether there was ever nothing left to read. */
    boolean caughtUp() {
        return caughtUp;
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        return new Followed(config);
    }

    private final class Followed extends KafkaConsumer<byte[], byte[]> {
        private boolean nothingBefore;

        Followed(Map<String, Object> config) {
            super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        }

        @Override
        public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            var records = super.poll(timeout);
            look(records.isEmpty());
            return records;
        }

        /** What a poll returned is worked off before the next one that finds nothing. */
        private void look(boolean nothing) {
            long all = 0;
            for (var partition : assignment()) {
                var lag = currentLag(partition);
                if (lag.isEmpty()) {
                    return;
                }
                all += lag.getAsLong();
            }
            boolean end = nothing && all == 0 && !assignment().isEmpty();
            caughtUp |= end && nothingBefore;
            nothingBefore = end;
            behind = all;
        }
    }

    @Override
    public Admin getAdmin(Map<String, Object> config) {
        return Admin.create(config);
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
