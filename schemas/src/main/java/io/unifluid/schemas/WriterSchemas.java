package io.unifluid.schemas;

import io.confluent.kafka.schemaregistry.avro.AvroSchemaProvider;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.RestService;
import io.confluent.kafka.schemaregistry.client.rest.entities.SchemaString;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.confluent.kafka.schemaregistry.testutil.MockSchemaRegistry;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Fetches the text of schemas by their ids, unparsed: what is registered may be anybody's. Asks the registry each time.
 */
final class WriterSchemas implements AutoCloseable {
    private static final String MOCK = "mock://";
    private static final String HEADER = "request.header.";

    /** Asks one registry. */
    private interface Registry {
        SchemaString schema(int id) throws IOException, RestClientException;
    }

    private final Registry registry;
    private final AutoCloseable client;

    private WriterSchemas(Registry registry, AutoCloseable client) {
        this.registry = registry;
        this.client = client;
    }

    /** @param config the Confluent client's own settings */
    static WriterSchemas of(Map<String, String> config) {
        var url = config.get("schema.registry.url");
        if (url.startsWith(MOCK)) {
            var mock = MockSchemaRegistry.getClientForScope(
                    url.substring(MOCK.length()), List.of(new AvroSchemaProvider()));
            return new WriterSchemas(
                    id -> {
                        var text = new SchemaString(mock.getSchemaById(id).canonicalString());
                        text.setSchemaType(mock.getSchemaById(id).schemaType());
                        return text;
                    },
                    () -> {});
        }
        var rest = new RestService(url);
        var headers = config.entrySet().stream()
                .filter(setting -> setting.getKey().startsWith(HEADER))
                .collect(Collectors.toMap(setting -> setting.getKey().substring(HEADER.length()), Map.Entry::getValue));
        // Gives the connection its credentials, time-outs, proxy and TLS; its caches are of no use here.
        var client = new CachedSchemaRegistryClient(rest, 1, List.of(new AvroSchemaProvider()), config, headers);
        return new WriterSchemas(rest::getId, client);
    }

    /**
     * @throws UndecodableRecordException if the registry has no such schema, or it is not one Avro schema
     * @throws RegistryUnavailableException if the registry is what failed
     */
    String text(int id) {
        var schema = ask(id);
        if (schema == null || schema.getSchemaString() == null) {
            throw new RegistryUnavailableException(
                    "The registry's address does not answer as a schema registry does: check registry-url, its path included.",
                    null);
        }
        if (schema.getSchemaType() != null && !schema.getSchemaType().equals("AVRO")) {
            throw WriterSchema.refused(id, "is of the type " + schema.getSchemaType() + ", not AVRO");
        }
        if (schema.getReferences() != null && !schema.getReferences().isEmpty()) {
            throw WriterSchema.refused(id, "refers to other subjects; register it with all types inline");
        }
        return schema.getSchemaString();
    }

    private SchemaString ask(int id) {
        try {
            return registry.schema(id);
        } catch (IOException | RestClientException e) {
            var away = RegistryErrors.away(e);
            throw away.isPresent()
                    ? new RegistryUnavailableException(away.get(), e)
                    : WriterSchema.refused(id, "the registry does not have (" + e.getMessage() + ")");
        }
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (Exception e) {
            throw new IllegalStateException("Closing the registry's client failed.", e);
        }
    }
}
