package io.unifluid.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.blobs.FileSystemBlobStore;
import io.unifluid.client.TopicScan;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Caption;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.OutcomeKind;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Topics;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.Requests;
import io.unifluid.testkit.SampleArchive;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A dependency that is away for as much of the back-off as most of a minute is of the shipped one, which waits twice as long:
 * that it outlives a minute, {@code RetryPolicyTest} says.
 */
final class OutageIT {
    private static final int ATTEMPTS = 5;
    private static final int PICTURES = 10;
    private static final int WAVES = 10;
    private static final Duration BETWEEN_WAVES = Duration.ofSeconds(2);
    private static final String FIRST_DELAY = "2s";

    @TempDir
    Path scratch;

    @Test
    void anOutageOfTheBlobStoreCostsAFewAttemptsAndNoResult() throws Exception {
        try (var path = WholePath.start(
                scratch,
                Map.of("retry.first-delay", FIRST_DELAY),
                Optional.of(() -> new ScriptedModel(prompt -> {})))) {
            var store = new FileSystemBlobStore(path.blobs);
            var claims = new ArrayList<String>();
            for (int i = 0; i < PICTURES; i++) {
                claims.add(store.put(SampleArchive.scene(i).bytes()).toString());
            }
            var claimed = new ArrayList<String>();
            var unharmed = new ArrayList<String>();

            Files.move(path.blobs, scratch.resolve("blobs-away"));
            long start = System.nanoTime();
            for (int wave = 0; wave < WAVES; wave++) {
                for (var request : wave(wave, claims)) {
                    path.client.send(request);
                    claimed.add(request.getRequestId());
                }
                unharmed.add("needs-no-store-" + wave);
                path.client.send(
                        Requests.generate(unharmed.getLast(), "a fox", wave).build());
                sleepUntil(start + BETWEEN_WAVES.multipliedBy(wave + 1).toNanos());
            }
            assertThat(claimed)
                    .as("ended during the outage")
                    .allMatch(id -> path.client.resultsOf(id).isEmpty());
            Files.move(scratch.resolve("blobs-away"), path.blobs);

            var results = path.client.awaitAll(claimed, Await.PATIENCE);
            assertThat(results.values()).allSatisfy(result -> {
                assertThat(result.getStatus()).as("%s", result.getError()).isEqualTo(ResultStatus.SUCCEEDED);
                assertThat(result.getAttempts()).isBetween(1, ATTEMPTS);
            });
            assertThat(results.get(claimed.getFirst()).getAttempts())
                    .as("the first one met the outage")
                    .isGreaterThan(1);
            assertThat(path.client.awaitAll(unharmed, Await.PATIENCE).values())
                    .allSatisfy(result -> assertThat(result.getAttempts()).isOne());
            path.client.send(Requests.generate("probe", "a probe", 1).build());
            path.client.await("probe", Await.PATIENCE);
            assertThat(claimed).allMatch(id -> path.client.resultsOf(id).size() == 1);

            var reports = reports(path);
            assertThat(claimed)
                    .allSatisfy(id -> assertThat(reports.get(id))
                            .as("attempts of %s that ended", id)
                            .isBetween(1, ATTEMPTS));
        }
    }

    /** However long a wave took to send: the outage must not outgrow the back-off on a slow machine. */
    private static void sleepUntil(long nanoTime) throws InterruptedException {
        Thread.sleep(Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime())));
    }

    /** Both lanes; every picture twice, once shared with others and once not. The first wave asks for all pictures. */
    private static List<InferenceRequest> wave(int wave, List<String> claims) {
        var requests = new ArrayList<InferenceRequest>();
        for (int i = 0; i < (wave == 0 ? PICTURES : 1); i++) {
            var claim = claims.get((wave + i) % PICTURES);
            for (var priority : List.of(Priority.INTERACTIVE, Priority.BULK)) {
                for (boolean reuse : new boolean[] {true, false}) {
                    requests.add(Requests.of("wave-" + wave + "-" + i + "-" + priority + "-" + reuse)
                            .setTask(Caption.newBuilder().build())
                            .setImage(Requests.at(claim))
                            .setPriority(priority)
                            .setReuse(reuse)
                            .build());
                }
            }
        }
        return requests;
    }

    /** How many attempts ended, by request id, as the workers said it. */
    private static Map<String, Integer> reports(WholePath path) {
        var reports = new HashMap<String, Integer>();
        try (var scan = new TopicScan(path.cluster());
                var decoder = AvroSerdes.of(path.registry.url()).deserializer(Topics.OUTCOMES)) {
            scan.read(Topics.OUTCOMES.name(), record -> {
                var outcome = decoder.deserialize(record.topic(), record.value());
                if (outcome.getKind() != OutcomeKind.STARTED) {
                    reports.merge(outcome.getRequestId(), 1, Integer::sum);
                }
                return true;
            });
        }
        return reports;
    }
}
