package io.unifluid.streams.metrics;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.unifluid.scheduling.batching.EmitReason;
import io.unifluid.scheduling.lifecycle.Counter;
import io.unifluid.scheduling.lifecycle.Effect;
import io.unifluid.scheduling.lifecycle.TerminalStatus;
import io.unifluid.scheduling.reuse.ReuseLedger;
import io.unifluid.scheduling.task.Lane;
import io.unifluid.schemas.Topics;
import io.unifluid.streams.event.FaultCounts;
import io.unifluid.streams.event.Names;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.TaskId;

/**
 * What the app counts. Records of the requests topic add up, as long as no transaction was repeated after a failure
 * (counters then count the repetition too; the topics themselves stay exact):
 *
 * <pre>
 * unifluid.requests.received = unifluid.requests.admitted
 *                            + unifluid.results{status=REJECTED}
 *                            + unifluid.events{kind=duplicate_request}
 *                            + unifluid.dead.letters{topic=unifluid.requests}
 *
 * unifluid.requests.admitted = unifluid.results{status != REJECTED} + unfinished requests
 * </pre>
 *
 * <p>A request that expired or was cancelled before it came counts as admitted. All methods are thread-safe.
 */
public final class StreamsMetrics implements FaultCounts {
    /** How a request that may share its computation was served. */
    public enum Served {
        /** It took an answer that was there. */
        CACHED,
        /** It waited for another one and took its answer, or its failure. */
        COALESCED,
        /** It was sent to a worker. */
        COMPUTED
    }

    private record Load(int items, int followers, double seconds) {}

    private record Where(TaskId task, Lane lane) {}

    private final MeterRegistry registry;
    private final io.micrometer.core.instrument.Counter received;
    private final io.micrometer.core.instrument.Counter admitted;
    private final io.micrometer.core.instrument.Counter strayScheduleRecords;
    private final io.micrometer.core.instrument.Counter unreadableAnnouncements;
    private final io.micrometer.core.instrument.Counter threadFailures;
    private final io.micrometer.core.instrument.Counter readAgain;
    private final Map<TerminalStatus, io.micrometer.core.instrument.Counter> settled =
            new EnumMap<>(TerminalStatus.class);
    private final Map<Counter, io.micrometer.core.instrument.Counter> events = new EnumMap<>(Counter.class);
    private final Map<Lane, DistributionSummary> batchSizes = new EnumMap<>(Lane.class);
    private final Map<Served, io.micrometer.core.instrument.Counter> served = new EnumMap<>(Served.class);
    private final Map<ReuseLedger.Leaving, io.micrometer.core.instrument.Counter> evicted =
            new EnumMap<>(ReuseLedger.Leaving.class);
    private final Map<Where, Load> loads = new ConcurrentHashMap<>();
    private final Map<TaskId, Long> reuseBytes = new ConcurrentHashMap<>();
    private final Map<String, Duration> unread = new ConcurrentHashMap<>();

    public StreamsMetrics(MeterRegistry registry) {
        this.registry = registry;
        received = registry.counter("unifluid.requests.received");
        admitted = registry.counter("unifluid.requests.admitted");
        strayScheduleRecords = registry.counter("unifluid.schedule.stray");
        unreadableAnnouncements = registry.counter("unifluid.workers.unreadable");
        threadFailures = registry.counter("unifluid.thread.failures");
        for (var status : TerminalStatus.values()) {
            settled.put(status, registry.counter("unifluid.results", "status", status.name()));
        }
        readAgain = registry.counter("unifluid.intake.read.again");
        for (var counter : Counter.values()) {
            events.put(counter, registry.counter("unifluid.events", "kind", counter.metricName()));
        }
        for (var lane : Lane.values()) {
            batchSizes.put(lane, registry.summary("unifluid.batch.size", "lane", lane.topicSuffix()));
            for (var reason : EmitReason.values()) {
                batches(lane, reason);
            }
            Gauge.builder("unifluid.waiting.requests", () -> waiting(lane))
                    .description("Requests that wait for a batch")
                    .tag("lane", lane.topicSuffix())
                    .register(registry);
            Gauge.builder("unifluid.reuse.waiting", () -> followers(lane))
                    .description("Requests that wait for the answer of another one with the same content")
                    .tag("lane", lane.topicSuffix())
                    .register(registry);
            Gauge.builder("unifluid.backlog.seconds", () -> backlogSeconds(lane))
                    .description("Time that the present workers need for what waits and what is outstanding")
                    .tag("lane", lane.topicSuffix())
                    .register(registry);
        }
        for (var how : Served.values()) {
            served.put(
                    how, registry.counter("unifluid.reuse", "served", how.name().toLowerCase(Locale.ROOT)));
        }
        for (var why : ReuseLedger.Leaving.values()) {
            evicted.put(
                    why,
                    registry.counter(
                            "unifluid.reuse.evicted", "reason", why.name().toLowerCase(Locale.ROOT)));
        }
        notKept("size", 0);
        notKept("claim", 0);
        Gauge.builder("unifluid.reuse.bytes", this::reuseBytes)
                .description("Finished answers that are kept for requests with the same content")
                .baseUnit("bytes")
                .register(registry);
        for (var topic : Names.READ) {
            deadLetters(topic.name());
        }
        Topics.INTAKES.forEach(topic -> rerouted(topic.name()));
        rerouted(Topics.CONTROLS.name());
        for (var topic : Names.INTAKES) {
            deletedUnread(topic, 0);
            Gauge.builder(
                            "unifluid.intake.oldest.unread",
                            () -> unread.getOrDefault(topic, Duration.ZERO).toMillis() / 1_000.0)
                    .description("How long the oldest record that was not read has lain there")
                    .baseUnit("seconds")
                    .tag("topic", topic)
                    .register(registry);
        }
    }

    /** A record came on a requests topic, decodable or not. */
    @Override
    public void received() {
        received.increment();
    }

    /** How long what is unread has lain there, by topic; of topics that are not named nothing is unread. */
    public void oldestUnread(Map<String, Duration> ages) {
        unread.clear();
        unread.putAll(ages);
    }

    /** Records that were deleted before they were read. */
    public void deletedUnread(String topic, long records) {
        registry.counter("unifluid.intake.deleted.unread", "topic", topic).increment(records);
    }

    /** Requests whose bytes were read from their topic a second time. */
    public void readAgain(long requests) {
        readAgain.increment(requests);
    }

    /** What admission did with a request that could be decoded. */
    public void admission(List<Effect> effects) {
        boolean refused = effects.stream().anyMatch(StreamsMetrics::refusesOrDrops);
        if (!refused) {
            admitted.increment();
        }
    }

    private static boolean refusesOrDrops(Effect effect) {
        return switch (effect) {
            case Effect.Settle settle -> settle.status().cause() == TerminalStatus.Cause.REFUSAL;
            case Effect.Count count -> count.counter() == Counter.DUPLICATE_REQUEST;
            case Effect.DeadLetter _ -> true;
            case Effect.Schedule _, Effect.PublishStatus _, Effect.WakeAt _, Effect.Purge _ -> false;
        };
    }

    public void settled(TerminalStatus status) {
        settled.get(status).increment();
    }

    public void count(Counter counter) {
        events.get(counter).increment();
    }

    /** A record that cannot be acted on went to the dead letters, with its reason. */
    @Override
    public void deadLetter(String topic) {
        deadLetters(topic).increment();
    }

    private io.micrometer.core.instrument.Counter deadLetters(String topic) {
        return registry.counter("unifluid.dead.letters", "topic", topic);
    }

    /** An announcement of a worker could not be read. */
    public void unreadableAnnouncement() {
        unreadableAnnouncements.increment();
    }

    /** @param count of the workers that run now, whenever it is asked for */
    public void runningWorkers(Supplier<Number> count) {
        Gauge.builder("unifluid.workers.running", count)
                .description("Workers that run, by their own announcements")
                .register(registry);
    }

    /**
     * Both are asked whenever somebody looks.
     *
     * @param unfinished requests
     * @param held topics that are left unread until fewer are unfinished
     */
    public void unfinished(Supplier<Number> unfinished, Supplier<Number> held) {
        Gauge.builder("unifluid.requests.unfinished", unfinished)
                .description("Requests that were admitted and have no result yet")
                .register(registry);
        Gauge.builder("unifluid.intake.held", held)
                .description("Topics of new requests that are left unread until fewer are unfinished")
                .register(registry);
    }

    /** A request or a control lay on another partition than its id's, and was passed on. */
    public void reroute(String topic) {
        rerouted(topic).increment();
    }

    private io.micrometer.core.instrument.Counter rerouted(String topic) {
        return registry.counter("unifluid.intake.rerouted", "topic", topic);
    }

    /** A record without a value on the schedule topic that tells of no end of an attempt. */
    public void strayScheduleRecord() {
        strayScheduleRecords.increment();
    }

    public void threadFailed() {
        threadFailures.increment();
    }

    public void batch(Lane lane, EmitReason reason, int items) {
        batches(lane, reason).increment();
        batchSizes.get(lane).record(items);
    }

    private io.micrometer.core.instrument.Counter batches(Lane lane, EmitReason reason) {
        return registry.counter("unifluid.batches", "lane", lane.topicSuffix(), "reason", reason.name());
    }

    public void served(Served how) {
        served.get(how).increment();
    }

    /** An answer is not kept any longer. */
    public void evicted(ReuseLedger.Leaving why) {
        evicted.get(why).increment();
    }

    /** An answer was not kept at all: too large, or its pictures are in the blob store. */
    public void notKept(String reason) {
        notKept(reason, 1);
    }

    private void notKept(String reason, int count) {
        registry.counter("unifluid.reuse.not.kept", "reason", reason).increment(count);
    }

    /** What one task keeps of finished answers. */
    public void reuseBytes(TaskId task, long bytes) {
        reuseBytes.put(task, bytes);
    }

    /**
     * What one task sees of a lane.
     *
     * @param followers requests that wait for another one's answer; not among {@code waiting}
     */
    public void load(TaskId task, Lane lane, int waiting, int followers, double backlogSeconds) {
        loads.put(new Where(task, lane), new Load(waiting, followers, backlogSeconds));
    }

    /** The task went elsewhere. */
    public void forgetLoad(TaskId task) {
        loads.keySet().removeIf(where -> where.task().equals(task));
        reuseBytes.remove(task);
    }

    private double waiting(Lane lane) {
        return loads.entrySet().stream()
                .filter(entry -> entry.getKey().lane() == lane)
                .mapToInt(entry -> entry.getValue().items())
                .sum();
    }

    private double followers(Lane lane) {
        return loads.entrySet().stream()
                .filter(entry -> entry.getKey().lane() == lane)
                .mapToInt(entry -> entry.getValue().followers())
                .sum();
    }

    private double reuseBytes() {
        return reuseBytes.values().stream().mapToLong(Long::longValue).sum();
    }

    private double backlogSeconds(Lane lane) {
        return loads.entrySet().stream()
                .filter(entry -> entry.getKey().lane() == lane)
                .mapToDouble(entry -> entry.getValue().seconds())
                .sum();
    }
}
