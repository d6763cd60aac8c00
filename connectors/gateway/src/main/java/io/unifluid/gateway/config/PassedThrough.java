package io.unifluid.gateway.config;

import io.unifluid.schemas.access.KafkaNames;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/** What an operator may pass through to the clients of Kafka, and who decides the rest. */
final class PassedThrough {
    private static final String OWN = "a correct gateway depends on its own value; remove it.";

    static final KafkaNames KAFKA = KafkaNames.ofClients(Map.of(
            CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, "set bootstrap-servers.",
            ConsumerConfig.GROUP_ID_CONFIG, OWN,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG, OWN,
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, OWN,
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, OWN,
            ProducerConfig.TRANSACTIONAL_ID_CONFIG, OWN,
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, OWN,
            ProducerConfig.ACKS_CONFIG, OWN,
            ProducerConfig.MAX_REQUEST_SIZE_CONFIG, OWN));

    private PassedThrough() {}
}
