package io.unifluid.worker.config;

import io.unifluid.schemas.access.Diagnosis;
import io.unifluid.schemas.access.RegistryOptions;
import java.time.Duration;
import java.util.Map;

/**
 * Where Kafka and the Schema Registry are.
 *
 * @param bootstrapServers host:port, comma-separated
 * @param registryUrl address of the Schema Registry (its Confluent API), or {@code mock://name} in tests
 * @param client settings handed to the Kafka clients as they are, for example {@code security.protocol}, or behind
 *     {@code consumer.}, {@code producer.} or {@code admin.} to those of one kind
 * @param registry settings handed to the registry's client as they are, for example {@code basic.auth.user.info}
 * @param group settings of the share groups beyond the worker's own, for example {@code share.heartbeat.interval.ms};
 *     the broker bounds them
 * @param lock how long the broker leaves a batch to a worker that shows no sign of life; 15 to 60 s unless the broker's
 *     bounds were changed
 * @param startTimeout how long to wait at start for the broker and for the lanes' topics
 */
public record KafkaSettings(
        String bootstrapServers,
        String registryUrl,
        Map<String, String> client,
        Map<String, String> registry,
        Map<String, String> group,
        Duration lock,
        Duration startTimeout) {
    public KafkaSettings {
        PassedThrough.KAFKA.check("kafka.", client);
        client = Map.copyOf(client);
        RegistryOptions.of("registry.", registry, registryUrl);
        registry = Map.copyOf(registry);
        PassedThrough.checkShareGroup(group);
        group = Map.copyOf(group);
    }

    /** No further client settings, a lock of 30 s, 60 s to start. */
    public static KafkaSettings of(String bootstrapServers, String registryUrl) {
        return new KafkaSettings(
                bootstrapServers,
                registryUrl,
                Map.of(),
                Map.of(),
                Map.of(),
                Duration.ofSeconds(30),
                Duration.ofSeconds(60));
    }

    /** Says why Kafka does not serve the worker. */
    public Diagnosis diagnosis() {
        return new Diagnosis(bootstrapServers, client, "kafka.");
    }

    /** All that the registry's client is told. */
    public Map<String, String> registryClient() {
        return RegistryOptions.of("registry.", registry, registryUrl);
    }

    public KafkaSettings withGroup(Map<String, String> settings) {
        return new KafkaSettings(bootstrapServers, registryUrl, client, registry, settings, lock, startTimeout);
    }

    /** @param settings of the registry's client, without {@code registry.} in front */
    public KafkaSettings withRegistry(Map<String, String> settings) {
        return new KafkaSettings(bootstrapServers, registryUrl, client, settings, group, lock, startTimeout);
    }

    public KafkaSettings withLock(Duration duration) {
        return new KafkaSettings(bootstrapServers, registryUrl, client, registry, group, duration, startTimeout);
    }

    public KafkaSettings withClient(Map<String, String> settings) {
        return new KafkaSettings(bootstrapServers, registryUrl, settings, registry, group, lock, startTimeout);
    }

    /** No values of what is passed through: among them are passwords. */
    @Override
    public String toString() {
        return "KafkaSettings[" + bootstrapServers + ", " + RegistryOptions.shown(registryUrl) + ", " + client.keySet()
                + ", " + registry.keySet() + ", " + group + ", " + lock + ", " + startTimeout + "]";
    }
}
