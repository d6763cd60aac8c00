package io.unifluid.worker.config;

import io.unifluid.schemas.access.KafkaNames;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/** What an operator may pass through to the clients of Kafka and to the share groups, and who decides the rest. */
public final class PassedThrough {
    public static final String SHARE_RESET = "share.auto.offset.reset";
    public static final String SHARE_ISOLATION = "share.isolation.level";
    public static final String SHARE_LOCK = "share.record.lock.duration.ms";

    private static final String OWN = "a correct worker depends on its own value; remove it.";

    public static final KafkaNames KAFKA = KafkaNames.ofClients(Map.ofEntries(
            Map.entry(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, "set bootstrap-servers."),
            Map.entry(CommonClientConfigs.CLIENT_ID_CONFIG, "set name."),
            Map.entry(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "set batches-per-poll."),
            Map.entry(ConsumerConfig.GROUP_ID_CONFIG, OWN),
            Map.entry(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, OWN),
            Map.entry(ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG, OWN),
            Map.entry(ConsumerConfig.SHARE_ACQUIRE_MODE_CONFIG, OWN),
            Map.entry(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, OWN),
            Map.entry(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, OWN),
            Map.entry(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, OWN),
            Map.entry(ProducerConfig.ACKS_CONFIG, OWN),
            Map.entry(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, OWN),
            Map.entry(ProducerConfig.TRANSACTIONAL_ID_CONFIG, OWN),
            Map.entry(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, OWN),
            Map.entry(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, OWN)));

    /** What an operator does not set of a share group, and what to do instead. */
    private static final Map<String, String> KEPT_OF_SHARE_GROUPS = Map.of(
            SHARE_RESET, OWN,
            SHARE_ISOLATION, OWN,
            SHARE_LOCK, "set lock.");

    /** @throws IllegalArgumentException when one of them is not the operator's to set */
    static void checkShareGroup(Map<String, String> group) {
        new KafkaNames(Map.of("", group.keySet()), KEPT_OF_SHARE_GROUPS).check("share-group.", group);
    }

    private PassedThrough() {}
}
