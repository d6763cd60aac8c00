package io.unifluid.client;

import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Topic;
import io.unifluid.schemas.UndecodableRecordException;
import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.schemas.access.Need;
import io.unifluid.schemas.reading.TopicFollower;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.serialization.Deserializer;

/** Waits for records that come after something was sent: stands at the end of their topic before that. Thread-safe. */
public final class Awaited<V extends SpecificRecord> implements AutoCloseable {
    private final Topic<V> topic;
    private final Function<V, String> id;
    private final Deserializer<V> decoder;
    private final Map<String, CompletableFuture<V>> pending = new ConcurrentHashMap<>();
    private final TopicFollower follower;

    /**
     * @param id of a record, by which it is asked for
     * @throws EnvironmentProblem when the topic cannot be read
     */
    public Awaited(Cluster cluster, Topic<V> topic, Function<V, String> id) {
        this.topic = topic;
        this.id = id;
        this.decoder = new AvroSerdes(cluster.registry()).deserializer(topic);
        try {
            this.follower =
                    new TopicFollower(cluster.consumer(), List.of(topic.name()), TopicFollower.From.END, this::read);
        } catch (KafkaException e) {
            throw cluster.refused(e, Need.topic(topic.name(), AclOperation.READ));
        }
    }

    /** To be asked for before it can come. */
    public CompletableFuture<V> of(String wanted) {
        return pending.computeIfAbsent(wanted, _ -> new CompletableFuture<>());
    }

    /** Whatever comes of it is nobody's any more; for who does not wait until it has come. */
    public void forget(String wanted) {
        pending.remove(wanted);
    }

    /** Empty when it has not come in time. */
    public Optional<V> of(CompletableFuture<V> asked, Duration patience) {
        try {
            CompletableFuture.anyOf(asked, follower.failure()).get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return Optional.of(asked.join());
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new EnvironmentProblem("The topic " + topic.name() + " cannot be read any more.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentProblem("Interrupted while waiting for " + topic.name() + ".", e);
        }
    }

    private void read(ConsumerRecord<byte[], byte[]> record) {
        try {
            var value = decoder.deserialize(topic.name(), record.headers(), record.value());
            var waiting = value == null ? null : pending.remove(id.apply(value));
            if (waiting != null) {
                waiting.complete(value);
            }
        } catch (UndecodableRecordException e) {
            // Somebody else's, or it would never have come.
        }
    }

    @Override
    public void close() {
        follower.close();
        decoder.close();
    }
}
