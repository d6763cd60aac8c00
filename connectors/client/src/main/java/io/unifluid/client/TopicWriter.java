package io.unifluid.client;

import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Topic;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.schemas.access.Need;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;

/** Writes records to one topic: returns when the broker has them, or says why not. Thread-safe. */
public final class TopicWriter<V extends SpecificRecord> implements AutoCloseable {
    /**
     * One record.
     *
     * @param value null for a tombstone
     */
    public record Keyed<V>(String key, V value) {}

    private final Cluster cluster;
    private final Topic<V> topic;
    private final Need needed;
    private final Producer<byte[], byte[]> producer;
    private final Serializer<V> serializer;

    public TopicWriter(Cluster cluster, Topic<V> topic) {
        this.cluster = cluster;
        this.topic = topic;
        this.needed = Need.topic(topic.name(), AclOperation.WRITE);
        var settings = cluster.producer();
        settings.put("delivery.timeout.ms", "20000");
        settings.put("request.timeout.ms", "10000");
        settings.put("max.block.ms", "15000");
        settings.put("linger.ms", "5");
        settings.put("max.request.size", Integer.toString(Topics.MAX_RECORD_BYTES));
        try {
            this.producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        } catch (KafkaException e) {
            throw cluster.refused(e, needed);
        }
        this.serializer = new AvroSerdes(cluster.registry()).serializer(topic);
    }

    /** @throws EnvironmentProblem when the broker or the registry does not take it */
    public void send(String key, V value) {
        send(List.of(new Keyed<>(key, value)));
    }

    /** @throws EnvironmentProblem when the broker or the registry does not take all of them */
    public void send(List<Keyed<V>> records) {
        try {
            var sent = records.stream()
                    .map(record -> offer(record.key(), record.value()))
                    .toList();
            for (var each : sent) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof EnvironmentProblem problem
                    ? problem
                    : new EnvironmentProblem(Why.sentence(e.getCause()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentProblem("Interrupted while sending to " + topic.name() + ".", e);
        }
    }

    /** Completes when the broker has it, or with an {@link EnvironmentProblem}. */
    private CompletableFuture<Void> offer(String key, V value) {
        var taken = new CompletableFuture<Void>();
        try {
            var record = new ProducerRecord<>(
                    topic.name(),
                    key.getBytes(StandardCharsets.UTF_8),
                    value == null ? null : serializer.serialize(topic.name(), value));
            producer.send(record, (_, problem) -> {
                if (problem == null) {
                    taken.complete(null);
                } else {
                    taken.completeAsync(() -> {
                        throw untaken(problem);
                    });
                }
            });
        } catch (KafkaException e) {
            taken.completeExceptionally(cluster.refused(e, needed));
        } catch (IllegalStateException e) {
            taken.completeExceptionally(
                    new EnvironmentProblem("What goes to " + topic.name() + " is closed; it was not sent.", e));
        }
        return taken;
    }

    private EnvironmentProblem untaken(Exception problem) {
        return new EnvironmentProblem(
                cluster.diagnosis()
                        .of(problem, needed)
                        .orElse("The broker " + cluster.bootstrapServers() + " did not take what was sent to "
                                + topic.name() + " (" + Why.of(problem) + "): try again."),
                problem);
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
        serializer.close();
    }
}
