package io.unifluid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.Test;

/** The kit on itself: what a test sends arrives, over a real broker that may go away and come back. */
final class TestkitTest {
    @Test
    void collectsResultsAndDeadLettersOverABrokerThatRestarts() {
        try (var broker = LocalBroker.startWithTopics();
                var registry = LocalRegistry.mock();
                var client = TestClient.connect(broker, registry);
                var results = AvroSerdes.of(registry.url()).serializer(Topics.RESULTS)) {
            client.send(Requests.caption("one", new byte[] {1}).build());
            answer(client, results, "one");
            assertThat(client.await("one", Await.PATIENCE).getStatus()).isEqualTo(ResultStatus.SUCCEEDED);

            broker.stop();
            broker.startAgain();
            answer(client, results, "two");
            answer(client, results, "two");
            client.awaitAll(List.of("one", "two"), Await.PATIENCE);
            Await.until("the second result of two", () -> client.resultCount() == 3);
            assertThat(client.resultsOf("two")).hasSize(2);

            client.send(Topics.DEAD_LETTERS, "three", new byte[] {7}, Map.of("why", "not Avro"));
            var letters = client.awaitDeadLetters(1, Await.PATIENCE);
            assertThat(letters.getFirst().headers()).containsEntry("why", "not Avro");
            assertThat(letters.getFirst().value()).containsExactly(7);

            assertThatThrownBy(() -> client.await("four", Duration.ofMillis(50)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("'four' lies in no topic.");
        }
    }

    @Test
    void whereARequestWithoutAResultLiesIsSaid() {
        try (var broker = LocalBroker.startWithTopics();
                var registry = LocalRegistry.mock();
                var client = TestClient.connect(broker, registry);
                var results = AvroSerdes.of(registry.url()).serializer(Topics.RESULTS);
                var writer = new KafkaProducer<>(
                        Map.<String, Object>of(
                                "bootstrap.servers", broker.bootstrapServers(), "transactional.id", "never-ends"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            var sent = client.send(Requests.caption("four", new byte[] {1}).build());
            client.send(Requests.caption("four4", new byte[] {1}).build());
            writer.initTransactions();
            writer.beginTransaction();
            writer.send(new ProducerRecord<>(Topics.RESULTS.name(), 0, utf8("four"), result(results, "four")));
            writer.flush();

            assertThatThrownBy(() -> client.await("four", Duration.ofMillis(50)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("'four' lies in " + sent.topic() + "-" + sent.partition() + "@0 ")
                    .hasMessageContaining(Topics.RESULTS.name() + "-0@0 ")
                    .hasMessageContaining("(not committed); " + Topics.RESULTS.name() + "-0 is readable up to 0 of 1");
        }
    }

    @Test
    void startsARealRegistry() throws Exception {
        try (var registry = LocalRegistry.start()) {
            var serializer = AvroSerdes.of(registry.url()).serializer(Topics.REQUESTS);
            var bytes = serializer.serialize(
                    Topics.REQUESTS.name(), Requests.of("one").build());
            assertThat(bytes[0]).isZero();
            assertThat(bytes).hasSizeGreaterThan(5);
        }
    }

    @Test
    void knowsTheSampleArchive() {
        var scenes = SampleArchive.scenes();
        assertThat(scenes).hasSizeGreaterThan(100);
        assertThat(scenes).allSatisfy(scene -> {
            assertThat(scene.bytes()).isNotEmpty();
            assertThat(scene.questions())
                    .allSatisfy(asked -> assertThat(asked.choices()).contains(asked.answer()));
        });
    }

    private static void answer(TestClient client, Serializer<InferenceResult> results, String requestId) {
        client.send(Topics.RESULTS.name(), requestId, result(results, requestId), Map.of());
    }

    private static byte[] result(Serializer<InferenceResult> results, String requestId) {
        var result = InferenceResult.newBuilder()
                .setRequestId(requestId)
                .setTenant("test")
                .setStatus(ResultStatus.SUCCEEDED)
                .build();
        return results.serialize(Topics.RESULTS.name(), result);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
