package io.unifluid.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.unifluid.schemas.Topics;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.NodeProgram;
import io.unifluid.testkit.Requests;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients of other languages, as installed. */
final class OtherClientsIT {
    private static final String KAFKAJS = "2.2.4";
    private static final String REGISTRY_CLIENT = "4.1.0";

    /** Prints the key of each record of the topics until it has seen one of every topic under the key. */
    private static final String READ = """
            const { Kafka, logLevel } = require('kafkajs');
            const [brokers, key, ...topics] = process.argv.slice(2);
            const kafka = new Kafka({ brokers: [brokers], logLevel: logLevel.ERROR });
            const consumer = kafka.consumer({ groupId: 'other-clients' });
            const missing = new Set(topics);
            (async () => {
              await consumer.connect();
              await consumer.subscribe({ topics, fromBeginning: true });
              consumer.on(consumer.events.CRASH, e => { console.log(e.payload.error.message); process.exit(1); });
              await consumer.run({ eachMessage: async ({ topic, message }) => {
                if (message.key.toString() === key) missing.delete(topic);
                if (missing.size === 0) { console.log('read all'); process.exit(0); }
              }});
            })();
            """;

    /** Sends a request in the registry's newest schema, and prints its result as the registry's schema reads it. */
    private static final String ASK = """
            const { Kafka, logLevel } = require('kafkajs');
            const { SchemaRegistry } = require('@kafkajs/confluent-schema-registry');
            const [brokers, host, requests, results] = process.argv.slice(2);
            const kafka = new Kafka({ brokers: [brokers], logLevel: logLevel.ERROR });
            const registry = new SchemaRegistry({ host });
            const id = 'js-2';
            (async () => {
              const consumer = kafka.consumer({ groupId: 'other-clients-of-the-registry' });
              await consumer.connect();
              await consumer.subscribe({ topics: [results], fromBeginning: true });
              await consumer.run({ eachMessage: async ({ message }) => {
                if (message.key.toString() !== id) return;
                const result = await registry.decode(message.value);
                console.log(`${result.requestId} of ${result.tenant}: ${result.status}, ${result.labels.by}, ${Object.keys(result.output)}`);
                process.exit(0);
              }});
              const producer = kafka.producer();
              await producer.connect();
              const value = await registry.encode(await registry.getLatestSchemaId(`${requests}-value`), {
                requestId: id, tenant: 'shop', task: { 'io.unifluid.schemas.Generate': { prompt: 'a fox' } },
                priority: 'BULK', submittedAt: Date.now(), labels: { by: 'kafkajs' } });
              await producer.send({ topic: requests, messages: [{ key: id, value }] });
            })().catch(problem => { console.log(problem.message); process.exit(1); });
            """;

    @TempDir
    Path scratch;

    @Test
    void whatComesOutIsReadByAClientWithBuiltInCodecsOnly() throws Exception {
        var node = new NodeProgram(scratch);
        assumeTrue(
                node.installed("kafkajs", KAFKAJS),
                "SKIPPED: node and npm with kafkajs " + KAFKAJS + " cannot be had here.");
        assumeTrue(
                node.installed("@kafkajs/confluent-schema-registry", REGISTRY_CLIENT),
                "SKIPPED: @kafkajs/confluent-schema-registry " + REGISTRY_CLIENT + " cannot be had here.");
        Files.writeString(scratch.resolve("read.js"), READ);
        Files.writeString(scratch.resolve("ask.js"), ASK);
        try (var path = WholePath.start(
                scratch,
                Map.of("reply-topics", "unifluid.replies.js"),
                Optional.of(() -> new ScriptedModel(prompt -> {})))) {
            path.client.send(Requests.generate("js-1", "a fox", 1)
                    .setReplyTopic("unifluid.replies.js")
                    .build());
            path.client.await("js-1", Await.PATIENCE);
            path.client.send(Topics.REQUESTS.name(), "js-1", new byte[] {1, 2, 3}, Map.of());
            path.client.awaitDeadLetters(1, Await.PATIENCE);

            assertThat(node.said(
                            "read.js",
                            path.broker.bootstrapServers(),
                            "js-1",
                            Topics.RESULTS.name(),
                            Topics.STATUS.name(),
                            Topics.DEAD_LETTERS,
                            "unifluid.replies.js"))
                    .contains("read all");
            assertThat(node.said(
                            "ask.js",
                            path.broker.bootstrapServers(),
                            path.registry.url(),
                            Topics.REQUESTS.name(),
                            Topics.RESULTS.name()))
                    .contains("js-2 of shop: SUCCEEDED, kafkajs, io.unifluid.schemas.ImagesOutput");
        }
    }
}
