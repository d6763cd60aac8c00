package io.unifluid.streams.config;

import io.unifluid.schemas.access.KafkaNames;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.StreamsConfig;

/** What an operator may pass through to the clients of Kafka, and who decides the rest. */
public final class PassedThrough {
    private static final String OWN = "exactly one result for each request depends on the app's own value; remove it.";

    public static final KafkaNames KAFKA = KafkaNames.ofClients(Map.ofEntries(
                    Map.entry(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "set bootstrap-servers."),
                    Map.entry(StreamsConfig.APPLICATION_ID_CONFIG, "set application-id."),
                    Map.entry(StreamsConfig.STATE_DIR_CONFIG, "set state-dir."),
                    Map.entry(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, OWN),
                    Map.entry(StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, OWN),
                    Map.entry(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, OWN),
                    Map.entry(StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG, OWN),
                    Map.entry(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, OWN),
                    Map.entry(ConsumerConfig.GROUP_ID_CONFIG, OWN),
                    Map.entry(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, OWN),
                    Map.entry(ConsumerConfig.ISOLATION_LEVEL_CONFIG, OWN),
                    Map.entry(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, OWN),
                    Map.entry(ProducerConfig.TRANSACTIONAL_ID_CONFIG, OWN),
                    Map.entry(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, OWN),
                    Map.entry(ProducerConfig.ACKS_CONFIG, OWN),
                    Map.entry(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, OWN)))
            .with("", StreamsConfig.configDef().names())
            .with(StreamsConfig.MAIN_CONSUMER_PREFIX, ConsumerConfig.configNames())
            .with(StreamsConfig.RESTORE_CONSUMER_PREFIX, ConsumerConfig.configNames())
            .with(StreamsConfig.GLOBAL_CONSUMER_PREFIX, ConsumerConfig.configNames())
            .with(
                    StreamsConfig.TOPIC_PREFIX,
                    Set.of(
                            TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
                            TopicConfig.COMPRESSION_TYPE_CONFIG,
                            TopicConfig.SEGMENT_BYTES_CONFIG,
                            TopicConfig.SEGMENT_MS_CONFIG,
                            TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
                            TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG,
                            TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG,
                            TopicConfig.DELETE_RETENTION_MS_CONFIG,
                            TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG,
                            TopicConfig.FLUSH_MS_CONFIG,
                            TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG));

    private PassedThrough() {}
}
