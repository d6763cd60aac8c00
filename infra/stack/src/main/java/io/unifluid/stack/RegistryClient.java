package io.unifluid.stack;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What the stack asks of a registry. */
public final class RegistryClient {
    private static final int TIMEOUT_MS = 3000;

    private RegistryClient() {}

    /** Whether it answers; false, not an exception, when nothing listens there. */
    public static boolean answers(String registryUrl) {
        try {
            var connection = Asking.of(registryUrl + "/subjects", TIMEOUT_MS);
            try (var in = connection.getInputStream()) {
                in.transferTo(java.io.OutputStream.nullOutputStream());
                return connection.getResponseCode() == 200;
            }
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Sets the compatibility and registers the schema of every topic; again with the same schemas changes nothing.
     *
     * @throws EnvironmentProblem when the registry refuses a schema, for example since it kept an incompatible one
     */
    static void register(String registryUrl) {
        register(registryUrl, AvroSerdes.of(registryUrl).config());
    }

    /**
     * @param config of the registry's client, the time that it waits for an answer among it: what is not answered it asks again
     */
    static void register(String registryUrl, Map<String, String> config) {
        try (var client = new CachedSchemaRegistryClient(List.of(registryUrl), 100, config)) {
            client.updateCompatibility(null, "BACKWARD_TRANSITIVE");
            for (var topic : Topics.all()) {
                var subject = topic.name() + "-value";
                try {
                    client.register(subject, new AvroSchema(topic.schema()));
                } catch (RestClientException e) {
                    throw new EnvironmentProblem(
                            "The registry refuses the schema of " + subject + " (" + e.getMessage()
                                    + "): it keeps an older one that is not compatible; use a new data folder.",
                            e);
                }
            }
        } catch (IOException | RestClientException e) {
            throw new EnvironmentProblem("The registry at " + registryUrl + " failed (" + e.getMessage() + ").", e);
        }
    }
}
