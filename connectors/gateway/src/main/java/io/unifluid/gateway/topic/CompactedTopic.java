package io.unifluid.gateway.topic;

import io.unifluid.client.Cluster;
import io.unifluid.client.TopicScan;
import io.unifluid.client.Why;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Topic;
import io.unifluid.schemas.reading.TopicFollower;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last value of every key of a small topic, whole from the beginning and followed as it goes on. Any thread may ask.
 *
 * @param <V> of its values
 */
public final class CompactedTopic<V extends SpecificRecord> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CompactedTopic.class);
    private static final Duration POLL = Duration.ofMillis(5);

    /** What was said since the end was stood at; empty for a key that was removed. It goes over what was read before. */
    private final Map<String, Optional<V>> followed = new ConcurrentHashMap<>();

    /** How often something was said since. */
    private final AtomicLong changes = new AtomicLong();

    private final Map<String, V> before = new ConcurrentHashMap<>();
    private final String name;
    private final Deserializer<V> values;
    private final TopicFollower follower;

    /**
     * Returns when all that was there has been read.
     *
     * @throws io.unifluid.schemas.access.EnvironmentProblem one sentence, when it cannot be read
     */
    public CompactedTopic(Cluster cluster, Topic<V> topic) {
        this.name = topic.name();
        this.values = new AvroSerdes(cluster.registry()).deserializer(topic);
        try (var scan = new TopicScan(cluster)) {
            scan.extent(name); // says what is missing, in a sentence
            this.follower = new TopicFollower(
                    cluster.consumer(),
                    List.of(name),
                    TopicFollower.From.END,
                    record -> value(record).ifPresent(said -> {
                        followed.put(key(record), said);
                        changes.incrementAndGet();
                    }));
            try {
                scan.read(name, record -> {
                    value(record)
                            .ifPresent(said -> said.ifPresentOrElse(
                                    value -> before.put(key(record), value), () -> before.remove(key(record))));
                    return true;
                });
            } catch (RuntimeException e) {
                follower.close();
                throw e;
            }
        }
    }

    public Optional<V> get(String key) {
        var said = followed.get(key);
        return said == null ? Optional.ofNullable(before.get(key)) : said;
    }

    /** Another one whenever {@link #all} may give something else. */
    public long version() {
        return changes.get();
    }

    public List<V> all() {
        return Stream.concat(followed.keySet().stream(), before.keySet().stream())
                .distinct()
                .flatMap(key -> get(key).stream())
                .toList();
    }

    /**
     * Waits for what was written already to arrive here.
     *
     * @return whether it has
     */
    public boolean await(String key, Predicate<Optional<V>> arrived, Duration patience) {
        long until = System.nanoTime() + patience.toNanos();
        while (!arrived.test(get(key))) {
            if (System.nanoTime() - until > 0) {
                return false;
            }
            try {
                Thread.sleep(POLL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    /** Why nothing new is read any more, one sentence. */
    public Optional<String> trouble() {
        return follower.failure().isCompletedExceptionally()
                ? Optional.of("The topic " + name + " is not read any more ("
                        + Why.of(follower.failure().exceptionNow()) + "): start the gateway anew.")
                : Optional.empty();
    }

    /** @return nothing for a record that says nothing; an empty one for the end of its key */
    private Optional<Optional<V>> value(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    Optional.ofNullable(values.deserialize(record.topic(), record.headers(), record.value())));
        } catch (SerializationException e) {
            LOG.warn("A record of {} at {} cannot be read and is passed over ({}).", name, record.offset(), Why.of(e));
            return Optional.empty();
        } catch (KafkaException e) {
            LOG.warn("A record of {} at {} could not be read ({}).", name, record.offset(), Why.of(e));
            return Optional.empty();
        }
    }

    private static String key(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.key(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        follower.close();
        values.close();
    }
}
