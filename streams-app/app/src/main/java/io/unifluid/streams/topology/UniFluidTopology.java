package io.unifluid.streams.topology;

import static org.apache.kafka.common.config.TopicConfig.MAX_MESSAGE_BYTES_CONFIG;

import io.unifluid.scheduling.task.Lane;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Topic;
import io.unifluid.schemas.Topics;
import io.unifluid.streams.batching.BatchingProcessor;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.streams.deadletter.Faults;
import io.unifluid.streams.event.DecodedRecord;
import io.unifluid.streams.event.Encoding;
import io.unifluid.streams.event.Home;
import io.unifluid.streams.event.KeyText;
import io.unifluid.streams.event.Names;
import io.unifluid.streams.event.ReplyTopics;
import io.unifluid.streams.event.Rerouted;
import io.unifluid.streams.event.SchedulePartitioner;
import io.unifluid.streams.intake.IntakeGate;
import io.unifluid.streams.intake.IntakeRecords;
import io.unifluid.streams.lifecycle.LifecycleProcessor;
import io.unifluid.streams.lifecycle.RequestRecordSerde;
import io.unifluid.streams.metrics.StreamsMetrics;
import io.unifluid.streams.workers.RunningWorkers;
import io.unifluid.streams.workers.WorkersProcessor;
import java.time.Instant;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Requests, controls and outcomes meet in the lifecycle; what it admits goes by lane to batching, batches go to the
 * workers, and their outcomes come back to the lifecycle, which settles each request once. Batching itself gives the
 * outcome of a request whose content was computed for another one. What the workers run is known to both.
 *
 * <p>Every step is exactly-once within Kafka; the workers' hop is at-least-once, and the lifecycle makes it single.
 */
public final class UniFluidTopology {
    static final String LIFECYCLE = "lifecycle";
    static final String BATCHING = "batching";
    static final String WORKERS = "workers";

    private final StreamsSettings settings;
    private final StreamsMetrics metrics;
    private final Faults faults;
    private final AvroSerdes avro;
    private final Encoding encoding;
    private final RunningWorkers workers = new RunningWorkers();
    private final Home home;
    private final IntakeRecords intake;
    private final IntakeGate gate;

    /**
     * @param partitions of every topic that is keyed by request id
     * @param intake is not closed with this
     * @param gate counts what is unfinished
     */
    public UniFluidTopology(
            StreamsSettings settings,
            StreamsMetrics metrics,
            Faults faults,
            int partitions,
            IntakeRecords intake,
            IntakeGate gate) {
        this.settings = settings;
        this.metrics = metrics;
        this.faults = faults;
        this.avro = new AvroSerdes(settings.registry());
        this.encoding = new Encoding(avro);
        this.home = new Home(partitions);
        this.intake = intake;
        this.gate = gate;
        metrics.runningWorkers(() -> workers.count(Instant.now()));
        metrics.unfinished(gate::unfinished, gate::topicsHeld);
    }

    public Topology build() {
        var topology = new Topology();
        read(topology, "interactive-in", Topics.REQUESTS_INTERACTIVE);
        read(topology, "controls-in", Topics.CONTROLS);
        read(topology, "outcomes-in", Topics.OUTCOMES);
        read(topology, "requests-in", Topics.REQUESTS);
        readRerouted(topology, "rerouted-ahead-in", Topics.REROUTED_AHEAD);
        readRerouted(topology, "rerouted-in", Topics.REROUTED);
        topology.addProcessor(
                        LIFECYCLE,
                        this::lifecycle,
                        "interactive-in",
                        "requests-in",
                        "controls-in",
                        "outcomes-in",
                        "rerouted-ahead-in",
                        "rerouted-in")
                .addStateStore(store(Names.LIFECYCLE_STORE, Serdes.String(), RequestRecordSerde.create()), LIFECYCLE)
                .addStateStore(store(Names.REQUEST_STORE, Serdes.String(), Serdes.ByteArray()), LIFECYCLE)
                .addSink(Names.RESULTS_SINK, Topics.RESULTS.name(), bytes(), bytes(), LIFECYCLE)
                .addSink(Names.REPLIES_SINK, new ReplyTopics(), bytes(), bytes(), LIFECYCLE)
                .addSink(Names.STATUS_SINK, Topics.STATUS.name(), bytes(), bytes(), LIFECYCLE)
                .addSink(Names.DEAD_LETTER_SINK, Topics.DEAD_LETTERS, bytes(), bytes(), LIFECYCLE)
                .addSink(Names.REROUTED_AHEAD_SINK, Topics.REROUTED_AHEAD, bytes(), bytes(), home, LIFECYCLE)
                .addSink(Names.REROUTED_SINK, Topics.REROUTED, bytes(), bytes(), home, LIFECYCLE);
        toBatching(topology, Names.SCHEDULE_AHEAD_SINK, Topics.SCHEDULE_AHEAD);
        toBatching(topology, Names.SCHEDULE_SINK, Topics.SCHEDULE);

        read(topology, "schedule-ahead-in", Topics.SCHEDULE_AHEAD);
        read(topology, "schedule-in", Topics.SCHEDULE);
        topology.addProcessor(BATCHING, this::batching, "schedule-ahead-in", "schedule-in")
                .addStateStore(store(Names.WAITING_STORE, Serdes.String(), Serdes.ByteArray()), BATCHING)
                .addStateStore(store(Names.REUSE_STORE, Serdes.String(), Serdes.ByteArray()), BATCHING)
                .addSink(Names.OUTCOMES_SINK, Topics.OUTCOMES.name(), bytes(), bytes(), BATCHING)
                .addSink(Names.SCHEDULE_DEAD_LETTER_SINK, Topics.DEAD_LETTERS, bytes(), bytes(), BATCHING);
        for (var lane : Lane.values()) {
            topology.addSink(Names.workSink(lane), Names.workTopic(lane).name(), bytes(), bytes(), BATCHING);
        }
        // Last, so that the numbers of the tasks, which name folders of the stores, stay what they are.
        topology.addGlobalStore(
                Stores.keyValueStoreBuilder(
                                Stores.inMemoryKeyValueStore(Names.WORKERS_STORE), Serdes.String(), Serdes.ByteArray())
                        .withLoggingDisabled(),
                "workers-in",
                new StringDeserializer(),
                new ByteArrayDeserializer(),
                Topics.WORKERS.name(),
                WORKERS,
                () -> new WorkersProcessor(workers, avro.deserializer(Topics.WORKERS), metrics));
        return topology;
    }

    private <V extends SpecificRecord> void read(Topology topology, String name, Topic<V> topic) {
        topology.addSource(name, new KeyText(), received(topic), topic.name());
    }

    private void readRerouted(Topology topology, String name, String topic) {
        var decoder = new Rerouted(avro.deserializer(Topics.REQUESTS), avro.deserializer(Topics.CONTROLS));
        topology.addSource(name, new KeyText(), DecodedRecord.by(decoder), topic);
    }

    private void toBatching(Topology topology, String sink, Topic<SpecificRecord> topic) {
        topology.addSink(sink, topic.name(), bytes(), bytes(), new SchedulePartitioner(), LIFECYCLE);
    }

    private LifecycleProcessor lifecycle() {
        return new LifecycleProcessor(
                settings, metrics, faults, encoding, workers, home, avro.deserializer(Topics.REQUESTS), intake, gate);
    }

    private BatchingProcessor batching() {
        return new BatchingProcessor(
                settings,
                metrics,
                faults,
                encoding,
                workers,
                avro.deserializer(Topics.SCHEDULE),
                avro.deserializer(Topics.OUTCOMES),
                intake);
    }

    private static Serializer<byte[]> bytes() {
        return new ByteArraySerializer();
    }

    private <V extends SpecificRecord> Deserializer<DecodedRecord<V>> received(Topic<V> topic) {
        return DecodedRecord.by(avro.deserializer(topic));
    }

    /**
     * On disk, with a changelog that takes any record the topics take; behind a cache, so that what changes twice within a
     * transaction is written once.
     */
    private static <K, V> StoreBuilder<KeyValueStore<K, V>> store(String name, Serde<K> keys, Serde<V> values) {
        return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), keys, values)
                .withCachingEnabled()
                .withLoggingEnabled(Map.of(MAX_MESSAGE_BYTES_CONFIG, Integer.toString(Topics.MAX_RECORD_BYTES)));
    }
}
