package io.unifluid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
                    .hasMessageContaining("four");
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

    private static void answer(
            TestClient client,
            org.apache.kafka.common.serialization.Serializer<InferenceResult> results,
            String requestId) {
        var result = InferenceResult.newBuilder()
                .setRequestId(requestId)
                .setTenant("test")
                .setStatus(ResultStatus.SUCCEEDED)
                .build();
        client.send(Topics.RESULTS.name(), requestId, results.serialize(Topics.RESULTS.name(), result), Map.of());
    }
}
