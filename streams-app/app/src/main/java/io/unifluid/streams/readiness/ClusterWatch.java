package io.unifluid.streams.readiness;

import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.RegistryUnavailableException;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.access.HangingTransactions;
import io.unifluid.streams.config.Durations;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.streams.deadletter.Faults;
import io.unifluid.streams.deadletter.RegistryState;
import io.unifluid.streams.event.Names;
import io.unifluid.streams.event.RecordLimits;
import io.unifluid.streams.intake.IntakeRecords;
import io.unifluid.streams.metrics.StreamsMetrics;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the topics and at the schema registry every few seconds, beside the stream threads and whatever becomes of
 * them, and tells the app what it must know: whether the topics still fit, how large their records may be, how old what
 * is unread has become, and whether the registry answers. Changes nothing. Thread-safe.
 */
public final class ClusterWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterWatch.class);
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration SOON = Duration.ofSeconds(1);

    /** So many looks must find that nothing moves behind a transaction. */
    private static final int LOOKS_AT_A_TRANSACTION = 6;

    private final StreamsSettings settings;
    private final StreamsMetrics metrics;
    private final RecordLimits limits;
    private final RegistryState registry;
    private final IntakeRecords intake;
    private final RequiredTopics required;
    private final Layout layout;
    private final Admin admin;
    private final IntakeAges ages;
    private final HangingTransactions transactions;
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2, work -> {
        var thread = new Thread(work, "cluster-watch");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicReference<Heard> heard = new AtomicReference<>(Heard.since(Instant.now()));
    private volatile ClusterView view;
    private volatile List<HangingTransactions.Hanging> hanging = List.of();
    private String warned = "";
    private boolean configsForbidden;

    private ClusterWatch(StreamsSettings settings, StreamsMetrics metrics, Faults faults, IntakeRecords intake) {
        this.settings = settings;
        this.metrics = metrics;
        this.limits = faults.limits();
        this.registry = faults.registry();
        this.intake = intake;
        this.required = new RequiredTopics(settings);
        this.layout = Layout.of(settings);
        this.admin = new ListeningAdmin(required.adminSettings(), this::hear);
        this.ages = new IntakeAges(settings, metrics::deletedUnread, this::hear);
        this.transactions =
                new HangingTransactions(admin, settings.watchInterval().multipliedBy(LOOKS_AT_A_TRANSACTION), PATIENCE);
        this.view = new ClusterView(Map.of(), Map.of(), Map.of());
    }

    /** Looks once, so that sizes are known before the first record, and then again and again. */
    public static ClusterWatch start(
            StreamsSettings settings, StreamsMetrics metrics, Faults faults, IntakeRecords intake) {
        var watch = new ClusterWatch(settings, metrics, faults, intake);
        watch.look();
        watch.warnOfShortRetention();
        long every = settings.watchInterval().toMillis();
        watch.clock.schedule(watch::lookAgainAndAgain, every, TimeUnit.MILLISECONDS);
        watch.clock.scheduleWithFixedDelay(watch::askRegistry, every, every, TimeUnit.MILLISECONDS);
        return watch;
    }

    Readiness.Check check(String name) {
        return checks().stream()
                .filter(check -> check.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private List<Readiness.Check> checks() {
        return List.of(
                new Readiness.Check(
                        "kafka", () -> Troubles.silent(heard.get(), Instant.now(), settings.watchInterval())),
                new Readiness.Check("topics", () -> seen().flatMap(seen -> Troubles.missing(required.topics(), seen))),
                new Readiness.Check("partitions", () -> seen().flatMap(seen -> layout.trouble(seen.partitions()))),
                new Readiness.Check("retention", () -> seen().flatMap(Troubles::nearRetention)),
                new Readiness.Check("transactions", () -> Troubles.hanging(hanging)),
                new Readiness.Check("registry", registry::trouble));
    }

    private Optional<ClusterView> seen() {
        return Optional.of(view).filter(known -> !known.partitions().isEmpty());
    }

    private void hear() {
        heard.updateAndGet(so -> so.answer(Instant.now()));
    }

    /** Who did not answer in time is asked again at once, so that silence is told from one answer that came too late. */
    private void lookAgainAndAgain() {
        long began = System.nanoTime();
        long every = settings.watchInterval().toNanos();
        boolean whole = look();
        if (!clock.isShutdown()) {
            long next = whole ? every : Math.max(Math.min(SOON.toNanos(), every), every - (System.nanoTime() - began));
            clock.schedule(this::lookAgainAndAgain, next, TimeUnit.NANOSECONDS);
        }
    }

    /** Whether everything was answered. */
    private boolean look() {
        try {
            var names = Stream.concat(required.topics().stream(), layout.topics().stream())
                    .distinct()
                    .toList();
            var partitions = Partitions.of(admin, PATIENCE, names);
            var retention = learnConfigs(partitions.keySet());
            view = new ClusterView(partitions, retention, ages.look(admin, Names.INTAKES, partitions, PATIENCE));
            heard.updateAndGet(so -> so.wholeLook(Instant.now()));
            metrics.oldestUnread(view.oldestUnread());
            warn(Troubles.ageing(view));
            lookAtTransactions(partitions);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | KafkaException | OutOfMemoryError e) {
            LOG.warn("The topics could not be looked at; the app tries again.", e);
        } catch (RuntimeException e) {
            LOG.error("The topics could not be looked at.", e);
        }
        heard.updateAndGet(Heard::failedLook);
        return false;
    }

    /** Of the topics that are read and the stores' own: behind one that hangs the app waits for ever. */
    private void lookAtTransactions(Map<String, Integer> topics) throws InterruptedException {
        var partitions = layout.topics().stream()
                .flatMap(topic -> IntStream.range(0, topics.getOrDefault(topic, 0))
                        .mapToObj(number -> new TopicPartition(topic, number)))
                .toList();
        try {
            var found = transactions.look(partitions, Instant.now());
            found.stream().filter(one -> !hanging.contains(one)).forEach(one -> LOG.error("{}.", one.sentence()));
            hanging = found;
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("Transactions could not be looked at.", e);
        }
    }

    /** @return retention by topic */
    private Map<String, Duration> learnConfigs(Set<String> topics)
            throws InterruptedException, ExecutionException, TimeoutException {
        var retention = new HashMap<String, Duration>();
        var resources = topics.stream()
                .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                .toList();
        for (var topic : admin.describeConfigs(resources).values().entrySet()) {
            try {
                var config = topic.getValue().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
                var name = topic.getKey().name();
                number(config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG))
                        .ifPresent(bytes -> limits.learn(name, (int) Math.min(Integer.MAX_VALUE, bytes)));
                var kept = number(config.get(TopicConfig.RETENTION_MS_CONFIG))
                        .filter(_ -> config.get(TopicConfig.CLEANUP_POLICY_CONFIG)
                                .value()
                                .contains(TopicConfig.CLEANUP_POLICY_DELETE))
                        .filter(millis -> millis >= 0)
                        .map(Duration::ofMillis);
                kept.ifPresent(duration -> retention.put(name, duration));
                intake.learn(name, byTimeAlone(config), kept);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof AuthorizationException) {
                    forbidden(topic.getKey().name());
                } else if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
        }
        return retention;
    }

    private static boolean byTimeAlone(Config config) {
        return config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value().equals(TopicConfig.CLEANUP_POLICY_DELETE)
                && number(config.get(TopicConfig.RETENTION_BYTES_CONFIG))
                        .filter(bytes -> bytes >= 0)
                        .isEmpty();
    }

    private static Optional<Long> number(ConfigEntry entry) {
        return Optional.ofNullable(entry).map(ConfigEntry::value).map(Long::parseLong);
    }

    private void forbidden(String topic) {
        if (!configsForbidden) {
            configsForbidden = true;
            LOG.warn(
                    "The settings of {} may not be read, so its retention is not watched: allow DESCRIBE_CONFIGS on the topics.",
                    topic);
        }
    }

    private void warnOfShortRetention() {
        for (var topic : Topics.all()) {
            var wanted = topic.config().get(TopicConfig.RETENTION_MS_CONFIG);
            var actual = view.retention().get(topic.name());
            if (wanted != null && actual != null && actual.toMillis() < Long.parseLong(wanted)) {
                LOG.warn(
                        "{} keeps its records for {}, and {} are advised: raise its retention.ms, or a backlog may be deleted unread.",
                        topic.name(),
                        Durations.rough(actual),
                        Durations.rough(Duration.ofMillis(Long.parseLong(wanted))));
            }
        }
    }

    /** Each trouble once, and again when there was none in between. */
    private void warn(Optional<String> sentence) {
        var topic = sentence.map(text -> text.substring(0, text.indexOf(" has lain")))
                .orElse("");
        if (!topic.equals(warned)) {
            sentence.ifPresent(text -> LOG.warn("{}", text));
            warned = topic;
        }
    }

    private void askRegistry() {
        try {
            new AvroSerdes(settings.registry()).register(List.of(Topics.RESULTS));
            registry.answered();
        } catch (RegistryUnavailableException e) {
            registry.away(e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("The schema registry could not be asked.", e);
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
        try {
            if (!clock.awaitTermination(2, TimeUnit.SECONDS)) {
                LOG.info("The last look at the topics is not waited for.");
            } else {
                ages.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        admin.close(Duration.ofSeconds(2));
    }
}
