package io.unifluid.gateway.topic;

import io.unifluid.client.Cluster;
import io.unifluid.schemas.Topics;
import java.time.Duration;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Producers of what is written whole or not at all. */
public final class Transactions {
    private Transactions() {}

    /**
     * One that is ready to begin; whoever had the id before is shut out. The caller closes it.
     *
     * @throws KafkaException when the broker does not let it
     */
    public static Producer<byte[], byte[]> open(Cluster cluster, String transactionalId) {
        var settings = cluster.producer();
        settings.put("transactional.id", transactionalId);
        settings.put("delivery.timeout.ms", "20000");
        settings.put("request.timeout.ms", "10000");
        settings.put("max.block.ms", "20000");
        settings.put("max.request.size", Integer.toString(Topics.MAX_RECORD_BYTES));
        var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            producer.initTransactions();
            return producer;
        } catch (KafkaException e) {
            producer.close(Duration.ZERO);
            throw e;
        }
    }
}
