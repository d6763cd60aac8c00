package io.unifluid.worker.sharegroup;

import io.unifluid.schemas.Topics;
import io.unifluid.schemas.access.KafkaOptions;
import io.unifluid.schemas.reading.BoundedConsumer;
import io.unifluid.worker.config.KafkaSettings;
import io.unifluid.worker.config.Lane;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Opens Kafka clients: the worker's own settings, over which go those that the operator gave. What a correct worker
 * depends on (acknowledgement, acquire mode, idempotence) cannot be given. The caller closes the clients.
 */
public final class KafkaClients {
    private final KafkaSettings settings;
    private final KafkaOptions options;
    private final String worker;

    public KafkaClients(KafkaSettings settings, String worker) {
        this.settings = settings;
        this.options = new KafkaOptions(settings.client());
        this.worker = worker;
    }

    public Admin admin() {
        Map<String, Object> config = named("admin", options.admin());
        return Admin.create(config);
    }

    public ShareConsumer<byte[], byte[]> shareConsumer(Lane lane, int number, int batchesPerPoll) {
        Map<String, Object> config = named(lane.name() + "-" + number, options.consumer());
        // What a killed worker's last fetch may still be given stays locked; the longer that waits, the likelier.
        config.putIfAbsent(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 200);
        config.putIfAbsent(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 30_000);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, lane.group());
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, batchesPerPoll);
        config.put(ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG, "explicit");
        config.put(ConsumerConfig.SHARE_ACQUIRE_MODE_CONFIG, "record_limit");
        return new KafkaShareConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** For reading outcomes from places of one's own choice. */
    public Consumer<String, byte[]> consumer() {
        Map<String, Object> config = named("traces", options.consumer());
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        return new BoundedConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
    }

    public Producer<byte[], byte[]> producer() {
        Map<String, Object> config = named("outcomes", options.producer());
        config.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, 0); // What belongs together is one record already.
        config.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, 128 * 1024);
        config.putIfAbsent(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 60_000);
        config.putIfAbsent(ProducerConfig.BUFFER_MEMORY_CONFIG, 64L * 1024 * 1024);
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topics.MAX_RECORD_BYTES);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private Map<String, Object> named(String role, Map<String, Object> config) {
        config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        config.put(CommonClientConfigs.CLIENT_ID_CONFIG, worker + "-" + role);
        return config;
    }
}
