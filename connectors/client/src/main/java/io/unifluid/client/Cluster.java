package io.unifluid.client;

import io.unifluid.schemas.access.Diagnosis;
import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.schemas.access.KafkaNames;
import io.unifluid.schemas.access.KafkaOptions;
import io.unifluid.schemas.access.Need;
import io.unifluid.schemas.access.RegistryOptions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Where a system runs.
 *
 * @param registryUrl for {@code schema.registry.url}
 * @param client settings of the Kafka clients, for example their security, as they are or behind {@code consumer.},
 *     {@code producer.} or {@code admin.}; and of the registry's client, behind {@code registry.}
 * @param blobs the claim-check store's location, where it is known
 * @param before what stands before the settings' names where they were written, for sentences about them
 */
public record Cluster(
        String bootstrapServers,
        String registryUrl,
        Map<String, String> client,
        Optional<String> blobs,
        String before) {
    private static final String REGISTRY = "registry.";
    private static final String OWN = "the client decides it; remove it.";
    private static final KafkaNames NAMES = KafkaNames.ofClients(Map.of(
            CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, "name the brokers where the cluster is named.",
            ConsumerConfig.GROUP_ID_CONFIG, OWN,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG, OWN,
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, OWN,
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, OWN,
            ProducerConfig.TRANSACTIONAL_ID_CONFIG, OWN,
            ProducerConfig.MAX_REQUEST_SIZE_CONFIG, OWN));

    /** @throws IllegalArgumentException one sentence that names a setting that is not known */
    public Cluster {
        client = Map.copyOf(client);
        NAMES.check("", kafka(client));
        RegistryOptions.of(REGISTRY, registry(client), registryUrl);
    }

    /** Whose settings' names stand alone. */
    public Cluster(String bootstrapServers, String registryUrl, Map<String, String> client, Optional<String> blobs) {
        this(bootstrapServers, registryUrl, client, blobs, "");
    }

    public static Cluster of(String bootstrapServers, String registryUrl) {
        return new Cluster(bootstrapServers, registryUrl, Map.of(), Optional.empty());
    }

    /** Settings to start a consumer's with. */
    public Map<String, Object> consumer() {
        return addressed(options().consumer());
    }

    /** Settings to start a producer's with. */
    public Map<String, Object> producer() {
        return addressed(options().producer());
    }

    /** Settings to start an admin client's with. */
    public Map<String, Object> admin() {
        return addressed(options().admin());
    }

    /** All that the registry's client is told. */
    public Map<String, String> registry() {
        return RegistryOptions.of(REGISTRY, registry(client), registryUrl);
    }

    /** All that Kafka's clients are told by the operator. */
    public Map<String, String> kafka() {
        return kafka(client);
    }

    /**
     * The broker or the registry, whichever it was, does not serve this command.
     *
     * @param asked what the broker was asked for
     */
    public EnvironmentProblem refused(KafkaException cause, Need asked) {
        if (cause instanceof SerializationException) {
            return new EnvironmentProblem(
                    "The schema registry " + RegistryOptions.shown(registryUrl) + " does not answer as it should ("
                            + Why.of(cause) + ").",
                    cause);
        }
        return new EnvironmentProblem(
                diagnosis()
                        .of(cause, asked)
                        .orElse("The broker " + bootstrapServers + " does not answer as it should (" + Why.of(cause)
                                + ")."),
                cause);
    }

    /** A topic of the system is not there. */
    public EnvironmentProblem lacks(String topic, Exception cause) {
        return new EnvironmentProblem(
                "There is no topic " + topic + " on " + bootstrapServers
                        + ": is this the right cluster, and was the system ever started there?",
                cause);
    }

    /** Says why Kafka does not serve a command. */
    public Diagnosis diagnosis() {
        return new Diagnosis(bootstrapServers, kafka(client), before);
    }

    private KafkaOptions options() {
        return new KafkaOptions(kafka(client));
    }

    private Map<String, Object> addressed(Map<String, Object> settings) {
        settings.put("bootstrap.servers", bootstrapServers);
        return settings;
    }

    private static Map<String, String> kafka(Map<String, String> client) {
        var kafka = new HashMap<>(client);
        kafka.keySet().removeIf(name -> name.startsWith(REGISTRY));
        return kafka;
    }

    private static Map<String, String> registry(Map<String, String> client) {
        var registry = new HashMap<String, String>();
        client.forEach((name, value) -> {
            if (name.startsWith(REGISTRY)) {
                registry.put(name.substring(REGISTRY.length()), value);
            }
        });
        return registry;
    }

    /** Names of settings only: among the values are passwords. */
    @Override
    public String toString() {
        return "Cluster[" + bootstrapServers + ", " + RegistryOptions.shown(registryUrl) + ", " + client.keySet() + "]";
    }
}
