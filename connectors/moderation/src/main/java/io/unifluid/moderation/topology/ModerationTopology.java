package io.unifluid.moderation.topology;

import static org.apache.kafka.common.config.TopicConfig.MAX_MESSAGE_BYTES_CONFIG;

import io.unifluid.moderation.config.ModerationSettings;
import io.unifluid.moderation.event.PolicyBook;
import io.unifluid.moderation.hash.HashLists;
import io.unifluid.moderation.metrics.ModerationMetrics;
import io.unifluid.moderation.picture.Looks;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Topic;
import io.unifluid.schemas.Topics;
import io.unifluid.streams.deadletter.Faults;
import io.unifluid.streams.event.DecodedRecord;
import io.unifluid.streams.event.Encoding;
import io.unifluid.streams.event.Home;
import io.unifluid.streams.event.KeyText;
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
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Submissions, decisions and answers are brought to the partition of their submission; there its case asks the model once,
 * gives one verdict, and takes what people decide about it. Policies and hash lists are known to every task.
 *
 * <p>Every step is exactly-once within Kafka: a verdict is in the transaction of the answer that it judges.
 */
public final class ModerationTopology {
    private final ModerationSettings settings;
    private final ModerationMetrics metrics;
    private final Faults faults;
    private final Looks looks;
    private final AvroSerdes avro;
    private final Encoding encoding;
    private final PolicyBook policies = new PolicyBook();
    private final HashLists lists = new HashLists();
    private final Home home;

    /** @param partitions of {@link Topics#CASES}, for as long as the app runs */
    public ModerationTopology(
            ModerationSettings settings, ModerationMetrics metrics, Faults faults, Looks looks, int partitions) {
        this.settings = settings;
        this.metrics = metrics;
        this.faults = faults;
        this.looks = looks;
        this.avro = new AvroSerdes(settings.registry());
        this.encoding = new Encoding(avro);
        this.home = new Home(partitions);
        metrics.known(policies::size, lists::size);
    }

    public Topology build() {
        var topology = new Topology();
        topology.addSource("submissions-in", bytesOut(), received(Topics.SUBMISSIONS), Topics.SUBMISSIONS.name());
        topology.addSource("decisions-in", bytesOut(), received(Topics.DECISIONS), Topics.DECISIONS.name());
        topology.addSource("results-in", bytesOut(), bytesOut(), Topics.RESULTS.name());
        topology.addProcessor(
                        "router",
                        () -> new RouterProcessor(faults, settings.commitInterval()),
                        "submissions-in",
                        "decisions-in",
                        "results-in")
                .addSink(Names.CASES_SINK, Topics.CASES, bytes(), bytes(), home, "router")
                .addSink(Names.ROUTER_DEAD_LETTER_SINK, Topics.DEAD_LETTERS, bytes(), bytes(), "router");

        topology.addSource("cases-in", new KeyText(), DecodedRecord.by(new Routed(avro)), Topics.CASES);
        topology.addProcessor("case", this::cases, "cases-in")
                .addStateStore(store(Names.CASES_STORE, Serdes.String(), CaseSerde.create()), "case")
                .addStateStore(
                        store(Names.WAKE_UP_STORE, Serdes.Bytes(), Serdes.ByteArray())
                                .withLoggingDisabled(),
                        "case")
                .addSink(Names.REQUESTS_SINK, Topics.REQUESTS.name(), bytes(), bytes(), "case")
                .addSink(Names.REQUESTS_INTERACTIVE_SINK, Topics.REQUESTS_INTERACTIVE.name(), bytes(), bytes(), "case")
                .addSink(Names.VERDICTS_SINK, Topics.VERDICTS.name(), bytes(), bytes(), "case")
                .addSink(Names.FLAGGED_SINK, Topics.FLAGGED.name(), bytes(), bytes(), "case")
                .addSink(Names.RULINGS_SINK, Topics.RULINGS.name(), bytes(), bytes(), "case")
                .addSink(Names.DEAD_LETTER_SINK, Topics.DEAD_LETTERS, bytes(), bytes(), "case");

        everywhere(
                topology,
                Names.POLICIES_STORE,
                Topics.POLICIES,
                () -> new PoliciesProcessor(policies, avro.deserializer(Topics.POLICIES), metrics));
        everywhere(
                topology,
                Names.HASHES_STORE,
                Topics.HASHES,
                () -> new HashesProcessor(lists, avro.deserializer(Topics.HASHES), metrics));
        return topology;
    }

    private CaseProcessor cases() {
        return new CaseProcessor(settings, metrics, faults, encoding, policies, lists, looks);
    }

    /** The store stays empty: what is read is kept in the form in which it is used, and read anew at every start. */
    private static void everywhere(
            Topology topology, String store, Topic<?> topic, ProcessorSupplier<String, byte[], Void, Void> reader) {
        topology.addGlobalStore(
                Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(store), Serdes.String(), Serdes.ByteArray())
                        .withLoggingDisabled(),
                store + "-in",
                new StringDeserializer(),
                new ByteArrayDeserializer(),
                topic.name(),
                store + "-reader",
                reader);
    }

    private static Serializer<byte[]> bytes() {
        return new ByteArraySerializer();
    }

    private static Deserializer<byte[]> bytesOut() {
        return new ByteArrayDeserializer();
    }

    private <V extends SpecificRecord> Deserializer<DecodedRecord<V>> received(Topic<V> topic) {
        return DecodedRecord.by(avro.deserializer(topic));
    }

    private static <K, V> StoreBuilder<KeyValueStore<K, V>> store(String name, Serde<K> keys, Serde<V> values) {
        return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), keys, values)
                .withCachingDisabled()
                .withLoggingEnabled(Map.of(MAX_MESSAGE_BYTES_CONFIG, Integer.toString(Topics.MAX_RECORD_BYTES)));
    }
}
