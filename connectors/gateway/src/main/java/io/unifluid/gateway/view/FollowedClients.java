package io.unifluid.gateway.view;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** Kafka's own clients; the one that reads says how far behind it is. */
final class FollowedClients implements KafkaClientSupplier {
    private volatile long behind = -1;
    private final CatchUp catchUp = new CatchUp();
    private volatile boolean caughtUp;

    /** Records that were not read yet when somebody looked last; -1 until that is known. */
    long behind() {
        return behind;
    }

    /** Whether all has been worked off that there was at the start. */
    boolean caughtUp() {
        return caughtUp;
    }

    /** On the reading thread: this record has been worked off. */
    void worked(RecordMetadata record) {
        if (!caughtUp) {
            catchUp.worked(new TopicPartition(record.topic(), record.partition()), record.offset());
        }
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        return new Followed(config);
    }

    private final class Followed extends KafkaConsumer<byte[], byte[]> {
        Followed(Map<String, Object> config) {
            super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        }

        @Override
        public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            var records = super.poll(timeout);
            look(records);
            return records;
        }

        private void look(ConsumerRecords<byte[], byte[]> records) {
            long all = 0;
            boolean known = !assignment().isEmpty();
            boolean reached = true;
            for (var partition : assignment()) {
                var lag = currentLag(partition);
                if (lag.isEmpty()) {
                    known = false;
                    continue;
                }
                all += lag.getAsLong();
                reached &= caughtUp || reached(partition, lag.getAsLong(), records.records(partition));
            }
            caughtUp |= known && reached;
            behind = known ? all : behind;
        }

        private boolean reached(TopicPartition partition, long lag, List<ConsumerRecord<byte[], byte[]>> records) {
            long position = position(partition);
            catchUp.stands(partition, position + lag);
            records.forEach(record -> catchUp.returned(partition, record.offset()));
            return catchUp.reached(partition, position);
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
