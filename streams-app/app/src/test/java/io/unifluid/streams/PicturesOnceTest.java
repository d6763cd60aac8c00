package io.unifluid.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.schemas.FailureKind;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Topics;
import io.unifluid.streams.event.Names;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A picture lies where its sender wrote it and in the batch, and nowhere between. */
class PicturesOnceTest {
    private static final String PICTURE = "the bytes of a picture";
    private static final Duration LATER = Duration.ofSeconds(1);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void neitherStoresNorInternalTopicsHoldIt(boolean atHand) {
        try (var app = atHand ? Harness.with(folder) : Harness.readingAgain(folder)) {
            var request = Harness.caption("r1", PICTURE);
            app.request(request);
            assertThat(stored(app, Names.REQUEST_STORE)).isEmpty();
            assertThat(stored(app, Names.WAITING_STORE)).hasSize(1).noneMatch(PicturesOnceTest::holdsPicture);
            assertThat(scheduled(app)).hasSize(1).noneMatch(PicturesOnceTest::holdsPicture);

            assertThat(batched(app.advance(LATER))).containsExactly(request);
            app.succeeded("r1", 1);
            assertThat(app.results()).extracting(InferenceResult::getStatus).containsExactly(ResultStatus.SUCCEEDED);
            assertThat(app.count("unifluid.intake.read.again")).isEqualTo(atHand ? 0 : 1);
        }
    }

    @Test
    void anotherAttemptReadsItAgain() {
        try (var app = Harness.with(folder)) {
            var request = Harness.caption("r1", PICTURE);
            app.request(request).advance(LATER).failed("r1", 1, FailureKind.TRANSIENT, "Away.");
            app.batches(Harness.BULK);
            assertThat(batched(app.advance(Duration.ofSeconds(10)).advance(LATER)))
                    .containsExactly(request);
            app.succeeded("r1", 2);
            assertThat(app.results()).extracting(InferenceResult::getStatus).containsExactly(ResultStatus.SUCCEEDED);
        }
    }

    @Test
    void whileItCannotBeReadItsBatchWaits() {
        try (var app = Harness.readingAgain(folder)) {
            var request = Harness.caption("r1", PICTURE);
            app.sent.away = true;
            app.request(request).advance(LATER).advance(LATER);
            assertThat(app.batches(Harness.BULK)).isEmpty();
            app.sent.away = false;
            assertThat(batched(app.advance(Duration.ofSeconds(2)))).containsExactly(request);
            assertThat(app.advance(LATER).batches(Harness.BULK)).isEmpty();
        }
    }

    @Test
    void whileItCannotBeReadAnotherAttemptWaits() {
        try (var app = Harness.readingAgain(folder)) {
            var request = Harness.caption("r1", PICTURE);
            app.request(request).advance(LATER).failed("r1", 1, FailureKind.TRANSIENT, "Away.");
            app.batches(Harness.BULK);
            app.sent.away = true;
            app.advance(Duration.ofSeconds(10)).advance(LATER);
            assertThat(app.batches(Harness.BULK)).isEmpty();
            app.sent.away = false;
            assertThat(batched(app.advance(Duration.ofSeconds(2)).advance(LATER)))
                    .containsExactly(request);
        }
    }

    @Test
    void whatWasDeletedEndsWithASentence() {
        try (var app = Harness.readingAgain(folder)) {
            app.request(Harness.caption("r1", PICTURE));
            app.sent.delete(Topics.REQUESTS.name());
            app.advance(LATER).advance(Duration.ofSeconds(10)).advance(LATER);
            assertThat(app.batches(Harness.BULK)).isEmpty();
            assertThat(app.results()).singleElement().satisfies(result -> {
                assertThat(result.getStatus()).isEqualTo(ResultStatus.FAILED);
                assertThat(result.getError().getMessage())
                        .isEqualTo(
                                "The request was deleted from its topic before it was computed: send it again, and see"
                                        + " that the topic keeps its records for a day at least.");
            });
        }
    }

    @Test
    void whatSomebodyElseWroteThereIsNotTaken() {
        try (var app = Harness.readingAgain(folder)) {
            app.request(Harness.caption("r1", PICTURE));
            app.sent.replace(Topics.REQUESTS.name(), app.encoded(Harness.caption("r1", "another picture")));
            app.advance(LATER).advance(Duration.ofSeconds(10)).advance(LATER);
            assertThat(app.batches(Harness.BULK)).isEmpty();
            assertThat(app.results()).extracting(InferenceResult::getStatus).containsExactly(ResultStatus.FAILED);
        }
    }

    @Test
    void oneThatIsUnfinishedForLongIsCopiedBeforeItsTopicDeletesIt() {
        try (var app = Harness.readingAgain(folder, "stuck-after", "12h")) {
            var request = Harness.caption("r1", PICTURE);
            app.request(request).advance(LATER).started("r1", 1).advance(Duration.ofHours(5));
            assertThat(stored(app, Names.REQUEST_STORE)).isEmpty();
            app.advance(Duration.ofHours(1));
            assertThat(stored(app, Names.REQUEST_STORE)).hasSize(1).allMatch(PicturesOnceTest::holdsPicture);

            app.sent.delete(Topics.REQUESTS.name());
            app.batches(Harness.BULK);
            app.failed("r1", 1, FailureKind.TRANSIENT, "Away.");
            assertThat(batched(app.advance(Duration.ofSeconds(10)).advance(LATER)))
                    .containsExactly(request);
            app.succeeded("r1", 2);
            assertThat(app.results()).extracting(InferenceResult::getStatus).containsExactly(ResultStatus.SUCCEEDED);
            assertThat(stored(app, Names.REQUEST_STORE)).isEmpty();
        }
    }

    /** Interactive ones are in a hurry, a claim is told from the store, and a topic that deletes by size promises nothing. */
    @Test
    void othersAreStoredAsTheyWere() {
        try (var app = Harness.with(folder)) {
            var claim = Harness.caption("claim");
            claim.setImage(new ImageRef(null, "blob:sha256/" + "0".repeat(64), "image/png", null));
            app.request(claim);
            assertThat(stored(app, Names.REQUEST_STORE)).hasSize(1);

            app.intake.learn(Topics.REQUESTS.name(), false, Optional.of(Duration.ofDays(7)));
            app.request("by-size");
            assertThat(stored(app, Names.REQUEST_STORE)).hasSize(2);

            app.intake.learn(Topics.REQUESTS.name(), true, Optional.of(Duration.ofHours(23)));
            app.request("soon-deleted");
            assertThat(stored(app, Names.REQUEST_STORE)).hasSize(3);

            app.intake.learn(Topics.REQUESTS.name(), true, Optional.empty());
            app.request("kept");
            assertThat(stored(app, Names.REQUEST_STORE)).hasSize(3);
        }
    }

    private static List<byte[]> stored(Harness app, String store) {
        var values = new ArrayList<byte[]>();
        try (var all = app.driver.<String, byte[]>getKeyValueStore(store).all()) {
            all.forEachRemaining(entry -> values.add(entry.value));
        }
        return values;
    }

    private static List<byte[]> scheduled(Harness app) {
        var bytes = new ByteArrayDeserializer();
        return app.driver
                .createOutputTopic(Topics.SCHEDULE.name(), bytes, bytes)
                .readValuesToList();
    }

    private static List<InferenceRequest> batched(Harness app) {
        return app.batches(Harness.BULK).stream()
                .flatMap(batch -> batch.getItems().stream())
                .map(item -> item.getRequest())
                .toList();
    }

    private static boolean holdsPicture(byte[] value) {
        return new String(value, StandardCharsets.ISO_8859_1).contains(PICTURE);
    }
}
