package io.unifluid.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.unifluid.schemas.Topics;
import io.unifluid.testkit.Requests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients of other languages, as installed. */
final class OtherClientsIT {
    private static final String KAFKAJS = "kafkajs@2.2.4";
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

    @TempDir
    Path scratch;

    @Test
    void whatComesOutIsReadByAClientWithBuiltInCodecsOnly() throws Exception {
        assumeTrue(installed(), "SKIPPED: node and npm with " + KAFKAJS + " cannot be had here.");
        var program = Files.writeString(scratch.resolve("read.js"), READ);
        try (var path = WholePath.start(
                scratch,
                Map.of("reply-topics", "unifluid.replies.js"),
                Optional.of(() -> new ScriptedModel(prompt -> {})))) {
            path.client.send(Requests.generate("js-1", "a fox", 1)
                    .setReplyTopic("unifluid.replies.js")
                    .build());
            path.client.await("js-1", WholePath.PATIENCE);
            path.client.send(Topics.REQUESTS.name(), "js-1", new byte[] {1, 2, 3}, Map.of());
            path.client.awaitDeadLetters(1, WholePath.PATIENCE);

            assertThat(said(List.of(
                            "node",
                            program.toString(),
                            path.broker.bootstrapServers(),
                            "js-1",
                            Topics.RESULTS.name(),
                            Topics.STATUS.name(),
                            Topics.DEAD_LETTERS,
                            "unifluid.replies.js")))
                    .contains("read all");
        }
    }

    private boolean installed() throws InterruptedException {
        try {
            said(List.of("npm", "install", "--silent", "--no-audit", "--no-fund", KAFKAJS));
        } catch (IOException e) {
            return false;
        }
        return Files.isDirectory(scratch.resolve("node_modules/kafkajs"));
    }

    private String said(List<String> command) throws IOException, InterruptedException {
        var log = scratch.resolve("said.log").toFile();
        var process = new ProcessBuilder(command)
                .directory(scratch.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        return Files.readString(log.toPath());
    }
}
