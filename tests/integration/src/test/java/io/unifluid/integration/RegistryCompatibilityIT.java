package io.unifluid.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.Topics;
import io.unifluid.testkit.LocalRegistry;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every schema of the system at a real registry, under the compatibility that the system sets. */
final class RegistryCompatibilityIT {
    private static LocalRegistry registry;
    private static CachedSchemaRegistryClient client;

    @BeforeAll
    static void start() throws Exception {
        registry = LocalRegistry.start();
        client = new CachedSchemaRegistryClient(registry.url(), 100);
        client.updateCompatibility(null, "BACKWARD_TRANSITIVE");
    }

    @AfterAll
    static void stop() throws Exception {
        client.close();
        registry.close();
    }

    @Test
    void takesEverySchemaAndGivesTheSameIdAgain() throws Exception {
        for (var topic : Topics.all()) {
            var schema = new AvroSchema(topic.schema());
            var id = client.register(topic.name() + "-value", schema);
            assertThat(client.register(topic.name() + "-value", schema)).isEqualTo(id);
            assertThat(client.getSchemaById(id).canonicalString()).isEqualTo(schema.canonicalString());
        }
    }

    @Test
    void refusesAChangeThatWouldBreakOldRequests() throws Exception {
        var ours = InferenceRequest.getClassSchema();
        client.register("refuses-value", new AvroSchema(ours));
        var required = new Schema.Parser()
                .parse(
                        ours.toString()
                                .replaceFirst(
                                        "\\{\"name\":\"tenant\"",
                                        "{\"name\":\"account\",\"type\":\"string\",\"doc\":\"new and required\"},{\"name\":\"tenant\""));
        assertThat(required.getField("account")).isNotNull();
        assertThatThrownBy(() -> client.register("refuses-value", new AvroSchema(required)))
                .isInstanceOfSatisfying(
                        RestClientException.class,
                        refusal -> assertThat(refusal.getStatus()).isEqualTo(409));
    }

    @Test
    void takesAnOptionalFieldAddedLater() throws Exception {
        var ours = InferenceRequest.getClassSchema();
        client.register("takes-value", new AvroSchema(ours));
        var optional = new Schema.Parser()
                .parse(
                        ours.toString()
                                .replaceFirst(
                                        "\\{\"name\":\"tenant\"",
                                        "{\"name\":\"account\",\"type\":[\"null\",\"string\"],\"default\":null},{\"name\":\"tenant\""));
        assertThat(client.register("takes-value", new AvroSchema(optional))).isPositive();
    }
}
