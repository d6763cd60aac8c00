package io.unifluid.gateway.batch;

import io.unifluid.client.Cluster;
import io.unifluid.client.Why;
import io.unifluid.gateway.file.StoredFiles;
import io.unifluid.gateway.topic.Transactions;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Batch;
import io.unifluid.schemas.StoredFile;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.schemas.access.Need;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Writes how batches go on, in transactions under an id that belongs to their share of the batches: whoever takes the share
 * over shuts out whoever had it, so that two gateways never both say what a batch has become. Thread-safe.
 */
final class FencedWriter implements AutoCloseable {
    private final Cluster cluster;
    private final String transactionalId;
    private final Serializer<Batch> batches;
    private final Serializer<StoredFile> files;
    private Producer<byte[], byte[]> producer;
    private boolean closed;

    FencedWriter(Cluster cluster, String transactionalId) {
        this.cluster = cluster;
        this.transactionalId = transactionalId;
        var serdes = new AvroSerdes(cluster.registry());
        this.batches = serdes.serializer(Topics.BATCHES);
        this.files = serdes.serializer(Topics.FILES);
    }

    /**
     * Shuts out whoever had this share before.
     *
     * @throws EnvironmentProblem when the broker does not let it
     */
    synchronized void open() {
        if (closed) {
            throw new EnvironmentProblem("Another gateway runs these batches now.");
        }
        if (producer != null) {
            return;
        }
        try {
            producer = Transactions.open(cluster, transactionalId);
        } catch (KafkaException e) {
            throw cluster.refused(e, Need.transactionalId(transactionalId));
        }
    }

    /**
     * All of it or nothing.
     *
     * @throws EnvironmentProblem when it may not be there: somebody else has the share, or the broker does not take it
     */
    synchronized void write(Batch batch, List<StoredFile> made) {
        open();
        try {
            producer.beginTransaction();
            for (var file : made) {
                send(Topics.FILES.name(), StoredFiles.key(file), files.serialize(Topics.FILES.name(), file));
            }
            send(Topics.BATCHES.name(), batch.getId(), batches.serialize(Topics.BATCHES.name(), batch));
            if (BatchTopic.ended(batch)) {
                send(Topics.BATCHES.name(), BatchTopic.wishKey(batch.getId()), null);
            }
            producer.commitTransaction();
        } catch (KafkaException e) {
            // Whether it was committed is seen by whoever opens the next one.
            producer.close(Duration.ZERO);
            producer = null;
            throw new EnvironmentProblem(
                    "What became of the batch " + batch.getId() + " was not written (" + Why.of(e) + ").", e);
        }
    }

    private void send(String topic, String key, byte[] value) {
        producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value));
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (producer != null) {
            producer.close(Duration.ofSeconds(2));
            producer = null;
        }
        batches.close();
        files.close();
    }
}
