package io.unifluid.streams.topology;

import io.unifluid.schemas.Topics;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.streams.deadletter.DeadLetterHandler;
import io.unifluid.streams.deadletter.Faults;
import io.unifluid.streams.deadletter.ProcessingFailures;
import io.unifluid.streams.deadletter.ProductionFailures;
import io.unifluid.streams.event.ReadingTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/**
 * What the app asks of Kafka Streams; RATIONALE.md says why. Settings under {@code kafka.} come last and win, where they
 * are the operator's to give.
 */
public final class KafkaSettings {
    /** Of one partition at a time; a larger record comes alone. */
    private static final int FETCH_BYTES = 128 * 1024;

    /** Of all stores: several times what a transaction changes. */
    private static final long CACHE_BYTES = 16L * 1024 * 1024;

    public static Properties of(StreamsSettings settings, Faults faults) {
        var p = of(
                settings.bootstrapServers(),
                settings.applicationId(),
                settings.stateDir(),
                settings.threads(),
                settings.commitInterval(),
                settings.kafka(),
                faults);
        p.putIfAbsent(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, settings.standbys());
        // The clock is looked at between polls only.
        p.putIfAbsent(StreamsConfig.POLL_MS_CONFIG, settings.batchingInterval().toMillis());
        return p;
    }

    /** For any app that is made as this one is; the parameters are those of {@link StreamsSettings}. */
    public static Properties of(
            String bootstrapServers,
            String applicationId,
            Path stateDir,
            int threads,
            Duration commitInterval,
            Map<String, String> kafka,
            Faults faults) {
        var p = new Properties();
        p.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
        p.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        p.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toAbsolutePath().toString());
        p.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
        p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        p.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, commitInterval.toMillis());
        p.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, -1);
        p.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, CACHE_BYTES);
        p.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedMemory.class);
        p.put(StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, DeadLetterHandler.class);
        p.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, ProcessingFailures.class);
        p.put(StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG, ProductionFailures.class);
        p.put(Faults.CONFIG, faults);
        p.put("processing.exception.handler.global.enabled", true);
        p.put(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, ReadingTime.class);
        p.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
        // Work at every metric of every client, for readers that are not here; as in schemas' KafkaOptions.
        p.put(StreamsConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
        p.put(StreamsConfig.ENABLE_METRICS_PUSH_CONFIG, false);

        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 500);
        p.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 6_000);
        p.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 1_500);
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG), FETCH_BYTES);
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG), 50);

        p.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), Topics.MAX_RECORD_BYTES);
        p.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 5);
        p.put(StreamsConfig.producerPrefix(ProducerConfig.RETRY_BACKOFF_MS_CONFIG), 20);
        p.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 128 * 1024);
        // Of all codecs, some clients have only gzip built in, and that costs twelve times what lz4 does.
        p.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "none");
        kafka.forEach(p::put);
        return p;
    }

    private KafkaSettings() {}
}
