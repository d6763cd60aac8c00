package io.unifluid.local.client;

import io.unifluid.local.stack.EnvironmentProblem;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Where a system runs.
 *
 * @param registryUrl for {@code schema.registry.url}
 * @param client settings of every Kafka client, for example its security
 * @param blobs the claim-check store's location, where it is known
 */
public record Cluster(String bootstrapServers, String registryUrl, Map<String, String> client, Optional<String> blobs) {
    public Cluster {
        client = Map.copyOf(client);
    }

    public static Cluster of(String bootstrapServers, String registryUrl) {
        return new Cluster(bootstrapServers, registryUrl, Map.of(), Optional.empty());
    }

    /** Settings to start a Kafka client's with. */
    public Map<String, Object> kafka() {
        var settings = new HashMap<String, Object>(client);
        settings.put("bootstrap.servers", bootstrapServers);
        return settings;
    }

    /** The broker or the registry, whichever it was. */
    EnvironmentProblem silent(KafkaException cause) {
        var who = cause instanceof SerializationException
                ? "The schema registry " + registryUrl
                : "The broker " + bootstrapServers;
        return new EnvironmentProblem(who + " does not answer as it should (" + Why.of(cause) + ").", cause);
    }
}
