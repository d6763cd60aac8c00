package io.unifluid.client;

import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.RegistryUnavailableException;
import io.unifluid.schemas.Topic;
import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.schemas.access.Need;
import io.unifluid.schemas.reading.TopicFollower;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells who waits for a key what is written under it, committed records only. There is one for each topic of a cluster in
 * the process, whoever uses it; only what somebody waits for is decoded. Safe from any thread.
 *
 * @param <V> of the topic's values
 */
final class KeyedReader<V extends SpecificRecord> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeyedReader.class);
    private static final Duration AGAIN = Duration.ofSeconds(1);
    /** Between who names an instant and who stamps the records. */
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(10);

    private static final Map<Place, KeyedReader<?>> READERS = new HashMap<>();

    private record Place(Cluster cluster, String topic) {}

    /** Where a record lies. */
    record At(int partition, long offset) {}

    /** Who waits; called on the reading threads, which it must not keep. */
    interface Listener<V> {
        /** @return whether it waits for more */
        boolean came(V value, At at);

        /** A record of its key cannot be read, or nothing can be read any more. */
        void failed(RuntimeException problem);
    }

    /** Who wants to know what was written before it began to wait. */
    private record Earlier<V>(String key, Instant since, Listener<V> listener, Runnable done) {}

    private final Place place;
    private final Topic<V> topic;
    private final AvroSerdes serdes;
    private final Map<String, List<Listener<V>>> listeners = new ConcurrentHashMap<>();
    private final List<Earlier<V>> earlier = new ArrayList<>();
    private boolean lookingBack;
    private int users;
    private TopicFollower follower;
    private Deserializer<V> decoder;
    private volatile boolean closed;
    private volatile String trouble;

    private KeyedReader(Place place, Topic<V> topic) {
        this.place = place;
        this.topic = topic;
        this.serdes = new AvroSerdes(place.cluster().registry());
    }

    /**
     * Returns once it stands at the end of the topic, so that nothing that is written from then on is missed.
     *
     * @param topic what its values are
     * @param name of the topic, which may be another one with the same values
     * @throws EnvironmentProblem when the topic cannot be read
     */
    static <V extends SpecificRecord> KeyedReader<V> open(
            Cluster cluster, Topic<V> topic, String name, Duration patience) {
        var bare = new Cluster(
                cluster.bootstrapServers(),
                cluster.registryUrl(),
                cluster.client(),
                Optional.empty(),
                cluster.before());
        var place = new Place(bare, name);
        KeyedReader<V> reader;
        synchronized (READERS) {
            @SuppressWarnings("unchecked") // A topic has one kind of values.
            var known = (KeyedReader<V>) READERS.computeIfAbsent(place, _ -> new KeyedReader<>(place, topic));
            reader = known;
            reader.users++;
        }
        try {
            reader.follow(patience);
            return reader;
        } catch (RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    private synchronized void follow(Duration patience) {
        if (follower != null && !follower.failure().isDone()) {
            return;
        }
        if (follower != null) {
            follower.close();
        }
        var settings = place.cluster().consumer();
        settings.put("allow.auto.create.topics", "false");
        settings.putIfAbsent("default.api.timeout.ms", Long.toString(patience.toMillis()));
        try {
            decoder = serdes.deserializer(topic);
            follower = new TopicFollower(settings, List.of(place.topic()), TopicFollower.From.END, this::read);
        } catch (UnknownTopicOrPartitionException e) {
            throw place.cluster().lacks(place.topic(), e);
        } catch (KafkaException e) {
            throw refused(e);
        }
        follower.failure().exceptionally(e -> {
            var problem = e instanceof KafkaException refusal
                    ? refused(refusal)
                    : new EnvironmentProblem(place.topic() + " cannot be read any more (" + Why.of(e) + ").", e);
            var waiting = listeners.values().stream().flatMap(List::stream).toList();
            listeners.clear();
            waiting.forEach(listener -> listener.failed(problem));
            return null;
        });
    }

    private EnvironmentProblem refused(KafkaException cause) {
        return place.cluster().refused(cause, Need.topic(place.topic(), AclOperation.READ));
    }

    /**
     * From now on.
     *
     * @throws EnvironmentProblem when the topic could not be read any more, and still cannot
     */
    void listen(String key, Listener<V> listener, Duration patience) {
        listeners.merge(key, List.of(listener), KeyedReader::joined);
        try {
            follow(patience); // Without a follower there was nobody to miss anything.
        } catch (RuntimeException e) {
            leave(key, listener);
            throw e;
        }
    }

    void leave(String key, Listener<V> listener) {
        listeners.computeIfPresent(key, (_, waiting) -> {
            var rest = waiting.stream().filter(other -> other != listener).toList();
            return rest.isEmpty() ? null : rest;
        });
    }

    private static <T> List<T> joined(List<T> some, List<T> others) {
        var all = new ArrayList<>(some);
        all.addAll(others);
        return List.copyOf(all);
    }

    /** Why nothing may have come, where it is known: the rest of a sentence. */
    Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    private void read(ConsumerRecord<byte[], byte[]> record) {
        var waiting = record.key() == null ? null : listeners.get(key(record));
        if (waiting != null) {
            show(record, decoder, waiting);
        }
    }

    /** @return who waits for more */
    private List<Listener<V>> show(
            ConsumerRecord<byte[], byte[]> record, Deserializer<V> decoder, List<Listener<V>> waiting) {
        try {
            var value = decoded(record, decoder);
            if (value == null) {
                return waiting;
            }
            var at = new At(record.partition(), record.offset());
            return waiting.stream().filter(listener -> listener.came(value, at)).toList();
        } catch (RuntimeException e) {
            waiting.forEach(listener -> listener.failed(new EnvironmentProblem(
                    "A record came on " + place.topic() + " that cannot be read (" + Why.of(e) + ").", e)));
            return List.of();
        }
    }

    /** A registry that is away is waited for: what it keeps from being read is somebody's answer. */
    private V decoded(ConsumerRecord<byte[], byte[]> record, Deserializer<V> decoder) {
        while (true) {
            try {
                var value = decoder.deserialize(record.topic(), record.headers(), record.value());
                trouble = null;
                return value;
            } catch (RegistryUnavailableException e) {
                if (closed || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                if (trouble == null) {
                    LOG.warn("What is on {} cannot be read until the schema registry answers.", place.topic(), e);
                }
                trouble = Why.of(e);
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(AGAIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String key(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.key(), StandardCharsets.UTF_8);
    }

    /**
     * Shows what was written under a key until now. Who asks while another search is under way is served together with
     * all others who did.
     *
     * @param since the topic is read from about there
     * @param done when all has been shown
     */
    void lookBack(String key, Instant since, Listener<V> listener, Runnable done) {
        synchronized (earlier) {
            earlier.add(new Earlier<>(key, since, listener, done));
            if (!lookingBack) {
                lookingBack = true;
                Thread.ofVirtual().name("look-back-" + place.topic()).start(this::lookBack);
            }
        }
    }

    private void lookBack() {
        while (true) {
            List<Earlier<V>> asked;
            synchronized (earlier) {
                asked = List.copyOf(earlier);
                earlier.clear();
                if (asked.isEmpty()) {
                    lookingBack = false;
                    return;
                }
            }
            try {
                search(asked);
            } catch (RuntimeException e) {
                asked.forEach(each -> each.listener().failed(e));
            }
            asked.forEach(each -> each.done().run());
        }
    }

    private void search(Collection<Earlier<V>> asked) {
        var wanted = new HashMap<String, List<Listener<V>>>();
        asked.forEach(each -> wanted.merge(each.key(), List.of(each.listener()), KeyedReader::joined));
        var since = asked.stream().map(Earlier::since).min(Instant::compareTo).orElseThrow();
        var from = since.isBefore(Instant.EPOCH.plus(CLOCKS_DIFFER)) ? Instant.EPOCH : since.minus(CLOCKS_DIFFER);
        try (var scan = new TopicScan(place.cluster());
                var reading = serdes.deserializer(topic)) {
            scan.read(scan.since(place.topic(), from), record -> {
                var waiting = record.key() == null ? null : wanted.get(key(record));
                if (waiting != null) {
                    var more = show(record, reading, waiting);
                    if (more.isEmpty()) {
                        wanted.remove(key(record));
                    } else {
                        wanted.put(key(record), more);
                    }
                }
                return !wanted.isEmpty() && !closed;
            });
        }
    }

    /** The last one who uses it ends it. */
    @Override
    public void close() {
        synchronized (READERS) {
            users--;
            if (users > 0) {
                return;
            }
            READERS.remove(place, this);
            closed = true;
        }
        synchronized (this) {
            if (follower != null) {
                follower.close();
            }
            if (decoder != null) {
                decoder.close();
            }
        }
    }
}
