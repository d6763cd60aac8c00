package io.unifluid.streams.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import java.util.Set;
import org.apache.kafka.streams.KafkaStreams;

/** What Kafka Streams and its clients say of themselves, beside what the app counts. */
public final class KafkaMeters implements AutoCloseable {
    /** Kafka has these for each partition, broker, task, store and step, thousands of them in a large app. */
    private static final Set<String> MANY =
            Set.of("partition", "node.id", "task.id", "rocksdb.state.id", "processor.node.id", "record.cache.id");

    private static final String TOPIC = "topic";
    /** Of each topic only how much was read. */
    private static final String READ = ".consumed.total";

    /** One of each kind for a thread or a client is let through. */
    public static final MeterFilter FEW = new MeterFilter() {
        @Override
        public MeterFilterReply accept(Meter.Id id) {
            return id.getName().startsWith("kafka.")
                            && id.getTags().stream().anyMatch(tag -> isOneOfMany(id.getName(), tag.getKey()))
                    ? MeterFilterReply.DENY
                    : MeterFilterReply.NEUTRAL;
        }
    };

    private static boolean isOneOfMany(String name, String tag) {
        var key = tag.replace('-', '.');
        return MANY.contains(key) || key.equals(TOPIC) && !name.endsWith(READ);
    }

    private final KafkaStreamsMetrics metrics;

    private KafkaMeters(KafkaStreamsMetrics metrics) {
        this.metrics = metrics;
    }

    /** @param registry as the context has it */
    public static KafkaMeters of(KafkaStreams streams, MeterRegistry registry) {
        var metrics = new KafkaStreamsMetrics(streams);
        metrics.bindTo(registry);
        return new KafkaMeters(metrics);
    }

    @Override
    public void close() {
        metrics.close();
    }
}
