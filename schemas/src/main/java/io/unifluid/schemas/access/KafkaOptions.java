package io.unifluid.schemas.access;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * Kafka's own settings as an operator gave them, sorted to the clients that they are for: what stands behind
 * {@code consumer.}, {@code producer.} or {@code admin.} goes over what is for all.
 */
public record KafkaOptions(Map<String, String> given) {
    /**
     * What each client would do for every metric that it has, and nobody here reads: MBeans, and names for brokers that collect
     * metrics (KIP-714). The metrics themselves are there without both. For settings that do not begin here, to begin with
     * too: what an operator gives goes over it.
     */
    public static final Map<String, String> LEFT_OUT = Map.of(
            CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, "",
            CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, "false");

    public KafkaOptions {
        given = Map.copyOf(given);
    }

    /** To start a consumer's settings with, a share consumer's too. */
    public Map<String, Object> consumer() {
        return of(KafkaNames.CONSUMER, ConsumerConfig.configNames());
    }

    public Map<String, Object> producer() {
        return of(KafkaNames.PRODUCER, ProducerConfig.configNames());
    }

    public Map<String, Object> admin() {
        return of(KafkaNames.ADMIN, AdminClientConfig.configNames());
    }

    private Map<String, Object> of(String prefix, Set<String> names) {
        var options = new HashMap<String, Object>(LEFT_OUT);
        options.putAll(given);
        given.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                options.put(name.substring(prefix.length()), value);
            }
        });
        options.keySet().retainAll(names);
        return options;
    }

    /** Names only: among the values are passwords. */
    @Override
    public String toString() {
        return "KafkaOptions" + new TreeSet<>(given.keySet());
    }
}
