package io.unifluid.gateway.view;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.unifluid.client.Cluster;
import io.unifluid.client.TopicScan;
import io.unifluid.client.Why;
import io.unifluid.gateway.config.GatewaySettings;
import io.unifluid.gateway.config.ViewSettings;
import io.unifluid.schemas.AcceptedRequest;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.RequestStatus;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.schemas.access.KafkaOptions;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was said of each request, by its id: whether a gateway took it, how it goes on, how it ended. Every gateway reads all of
 * it for itself, and rebuilds it from Kafka where it is lost. Thread-safe.
 */
@Singleton
public final class RequestView {
    private static final Logger LOG = LoggerFactory.getLogger(RequestView.class);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(8);
    private static final Duration BEFORE_ANOTHER_THREAD = Duration.ofSeconds(2);
    private static final Duration UNSETTLED = Duration.ofMillis(200);

    private static final String READING = "What was said of earlier requests is being read; try again in a moment.";

    private final Cluster cluster;
    private final ViewSettings settings;
    private final MeterRegistry meters;
    private final FollowedClients clients = new FollowedClients();
    private final Feeds feeds = new Feeds();
    private final Map<String, List<Watch>> watches = new ConcurrentHashMap<>();
    private final LongAccumulator droppedUntil = new LongAccumulator(Math::max, 0);
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Deserializer<InferenceResult> results;
    private final Deserializer<RequestStatus> statuses;
    private final Deserializer<AcceptedRequest> accepted;
    private ViewFolder folder;
    private volatile KafkaStreams streams;
    private volatile String failed;

    /** What is known of a request. */
    public sealed interface Found {
        /** It has its result. */
        record Ended(InferenceResult result) implements Found {}

        /** It is on its way. */
        record UnderWay(RequestStatus status) implements Found {}

        /** A gateway took it under an idempotency key, and nothing was said of it yet. */
        record Taken(AcceptedRequest request) implements Found {}

        /** Nothing was said of it, or too long ago. */
        record Nothing() implements Found {}

        /** Nobody can say now, and why: a sentence. */
        record Unknown(String why) implements Found {}
    }

    RequestView(GatewaySettings settings, MeterRegistry meters) {
        this.cluster = settings.cluster();
        this.settings = settings.view();
        this.meters = meters;
        var serdes = new AvroSerdes(cluster.registry());
        this.results = serdes.deserializer(Topics.RESULTS);
        this.statuses = serdes.deserializer(Topics.STATUS);
        this.accepted = serdes.deserializer(Topics.ACCEPTED);
    }

    /**
     * Begins to read; {@link #trouble} is empty once all that is kept has been read.
     *
     * @throws EnvironmentProblem one sentence, when the topics are not as they must be, or the folder
     */
    public void start() {
        int partitions;
        try (var scan = new TopicScan(cluster)) {
            partitions = scan.extent(Said.TOPICS.toArray(String[]::new)).ends().size();
        }
        folder = ViewFolder.open(settings.stateDir(), cluster.bootstrapServers() + " " + settings.applicationId());
        var limits = new KeepProcessor.Limits(
                settings.kept(),
                Math.max(1, settings.keptBytes() * Said.TOPICS.size() / partitions),
                meters.counter("unifluid.gateway.view.dropped", "reason", "age"),
                meters.counter("unifluid.gateway.view.dropped", "reason", "size"),
                droppedUntil);
        Gauge.builder("unifluid.gateway.view.behind", clients, FollowedClients::behind)
                .register(meters);
        streams = new KafkaStreams(
                ViewTopology.of(settings.kept(), limits, this::came, clients::worked), kafka(), clients);
        streams.setUncaughtExceptionHandler(this::again);
        streams.start();
    }

    private StreamThreadExceptionResponse again(Throwable failure) {
        var why = Why.of(failure.getCause() == null ? failure : failure.getCause());
        failed = why;
        LOG.warn("What is said of requests could not be read ({}); it is tried again.", why, failure);
        try {
            closing.await(BEFORE_ANOTHER_THREAD.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    /** Why requests cannot be looked up now, one sentence. */
    public Optional<String> trouble() {
        var now = streams;
        if (now != null && clients.caughtUp() && now.state() == KafkaStreams.State.RUNNING) {
            return Optional.empty();
        }
        return Optional.of(failed == null ? READING : "What is said of requests cannot be read (" + failed + ").");
    }

    /** What is known now. */
    public Found find(String id) {
        try {
            var store = store();
            var result = store.get(Said.RESULT.key(id));
            if (result != null) {
                return new Found.Ended(results.deserialize(Topics.RESULTS.name(), event(result)));
            }
            var status = store.get(Said.STATUS.key(id));
            if (status != null) {
                return new Found.UnderWay(statuses.deserialize(Topics.STATUS.name(), event(status)));
            }
            return accepted(store, id)
                    .<Found>map(Found.Taken::new)
                    .orElseGet(() -> clients.caughtUp() ? new Found.Nothing() : new Found.Unknown(READING));
        } catch (InvalidStateStoreException | IllegalStateException e) {
            return new Found.Unknown(trouble().orElse(READING));
        } catch (KafkaException e) {
            LOG.warn("What was said of the request {} cannot be read ({}).", id, Why.of(e));
            return new Found.Unknown("What was said of the request cannot be read; try again.");
        }
    }

    /** Likewise, but waits up to so long until it is enough, returning what is known then. */
    public Found find(String id, Duration wait, Predicate<Found> enough, Watch watch) throws InterruptedException {
        long until = System.nanoTime() + wait.toNanos();
        while (true) {
            var found = find(id);
            var left = Duration.ofNanos(until - System.nanoTime());
            if (!left.isPositive() || watch.ended() || enough.test(found)) {
                return found;
            }
            watch.await(found instanceof Found.Unknown && left.compareTo(UNSETTLED) > 0 ? UNSETTLED : left);
        }
    }

    /** As the first gateway took it, whatever was said since; empty if none has, as far as was read. */
    public Optional<AcceptedRequest> accepted(String id) {
        return accepted(store(), id);
    }

    private Optional<AcceptedRequest> accepted(ReadOnlyKeyValueStore<Bytes, byte[]> store, String id) {
        return Optional.ofNullable(store.get(Said.ACCEPTED.key(id)))
                .map(kept -> accepted.deserialize(Topics.ACCEPTED.name(), event(kept)));
    }

    /** @throws InvalidStateStoreException while it cannot be asked */
    private ReadOnlyKeyValueStore<Bytes, byte[]> store() {
        var running = streams;
        if (running == null) {
            throw new InvalidStateStoreException("It was not started.");
        }
        return running.store(
                StoreQueryParameters.fromNameAndType(ViewTopology.KEPT, QueryableStoreTypes.keyValueStore()));
    }

    private static byte[] event(byte[] kept) {
        return Kept.of(kept).event();
    }

    /** Is woken by whatever is said of this request from now on. */
    public Watch watch(String id) {
        var watch = new Watch[1];
        watch[0] = new Watch(() -> watches.computeIfPresent(id, (_, all) -> {
            var rest = all.stream().filter(one -> one != watch[0]).toList();
            return rest.isEmpty() ? null : rest;
        }));
        watches.merge(
                id,
                List.of(watch[0]),
                (some, others) -> Stream.concat(some.stream(), others.stream()).toList());
        return watch[0];
    }

    /**
     * Follows all requests of a tenant.
     *
     * @param idsBegin with which the ids begin that gateways make for the tenant, and no others
     * @param after a place that a reader had before; empty for what is said from now on
     */
    public Feed.Reader feed(String tenant, String idsBegin, String after) {
        return feeds.read(tenant, idsBegin, after);
    }

    /** Before then something may have been said of a request that is not kept any more. */
    public Instant keptSince() {
        var byAge = Instant.now().minus(settings.kept());
        var bySize = Instant.ofEpochMilli(droppedUntil.get());
        return byAge.isAfter(bySize) ? byAge : bySize;
    }

    /** This gateway took a request, of which nothing is said yet. */
    public void taken(String id, String tenant) {
        feeds.say(id, () -> Optional.of(tenant));
    }

    private void came(Said what, byte[] key, byte[] event) {
        var id = new String(key, StandardCharsets.UTF_8);
        watches.getOrDefault(id, List.of()).forEach(Watch::wake);
        if (clients.caughtUp()) {
            feeds.say(id, () -> what == Said.RESULT ? tenant(event) : Optional.empty());
        }
    }

    private Optional<String> tenant(byte[] result) {
        try {
            return Optional.of(
                    results.deserialize(Topics.RESULTS.name(), result).getTenant());
        } catch (KafkaException e) {
            return Optional.empty(); // Who asks for it is told.
        }
    }

    private Properties kafka() {
        var p = new Properties();
        p.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.applicationId() + "-" + folder.name());
        p.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, cluster.bootstrapServers());
        p.put(StreamsConfig.STATE_DIR_CONFIG, folder.path().toAbsolutePath().toString());
        p.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
        // What is read again is kept again, the same.
        p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE);
        p.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1_000);
        p.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        p.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, SmallStores.class);
        p.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
        p.put("processing.exception.handler.global.enabled", true);
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.ISOLATION_LEVEL_CONFIG), "read_committed");
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG), 50);
        p.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 6_000);
        p.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 1_500);
        p.putAll(KafkaOptions.LEFT_OUT);
        p.putAll(cluster.kafka());
        return p;
    }

    @PreDestroy
    void close() {
        closing.countDown();
        var running = streams;
        if (running != null
                && running.close(
                        CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
                                .withTimeout(CLOSE_WITHIN))) {
            folder.leaveWhole();
        }
        if (folder != null) {
            folder.close();
        }
        results.close();
        statuses.close();
        accepted.close();
    }
}
