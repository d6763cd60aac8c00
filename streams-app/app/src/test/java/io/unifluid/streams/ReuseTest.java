package io.unifluid.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.FailureKind;
import io.unifluid.schemas.FailureStage;
import io.unifluid.schemas.Generate;
import io.unifluid.schemas.ImageRef;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.Outcome;
import io.unifluid.schemas.OutcomeKind;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.streams.event.PictureHash;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests with the same content, on the production topology. */
class ReuseTest {
    private static final Duration A_MOMENT = Duration.ofSeconds(1);

    @TempDir
    Path folder;

    private static InferenceRequest same(String id) {
        return Harness.caption(id, "the picture");
    }

    private static InferenceRequest interactive(String id) {
        var request = same(id);
        request.setPriority(Priority.INTERACTIVE);
        return request;
    }

    private static List<String> sent(Harness app) {
        return sent(app, Harness.BULK);
    }

    private static List<String> sent(Harness app, String lane) {
        return app.advance(A_MOMENT).batches(lane).stream()
                .flatMap(batch -> Harness.ids(batch).stream())
                .toList();
    }

    @Test
    void twinsUnderWayShareOneComputationAndEachHasItsOwnResult() {
        try (var app = Harness.with(folder)) {
            IntStream.range(0, 20).forEach(i -> app.request(same("r" + i)));
            assertThat(sent(app)).containsExactly("r0");

            var results = app.succeeded("r0", 1).results();

            assertThat(results)
                    .extracting(InferenceResult::getRequestId)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, 20).mapToObj(i -> "r" + i).toList());
            assertThat(results).allSatisfy(result -> {
                assertThat(result.getStatus()).isEqualTo(ResultStatus.SUCCEEDED);
                assertThat(result.getOutput()).isEqualTo(new CaptionOutput("a red circle", -1.5, 3));
                assertThat(result.getModel().getVersion()).isEqualTo("1");
                assertThat(result.getDomain()).isEqualTo(0.25);
                assertThat(result.getCacheHit())
                        .isEqualTo(!result.getRequestId().equals("r0"));
            });
            assertThat(results.getLast().getBatch()).isNull();
            assertThat(served(app, "computed")).isEqualTo(1);
            assertThat(served(app, "coalesced")).isEqualTo(19);
            assertThat(sent(app)).isEmpty();
        }
    }

    @Test
    void aFinishedAnswerIsGivenAgainAlsoAcrossPriorities() {
        try (var app = Harness.with(folder)) {
            app.request(same("first"));
            sent(app);
            app.succeeded("first", 1).results();

            assertThat(app.request(interactive("second")).results())
                    .singleElement()
                    .satisfies(result -> {
                        assertThat(result.getRequestId()).isEqualTo("second");
                        assertThat(result.getCacheHit()).isTrue();
                        assertThat(result.getDomain()).isEqualTo(0.25);
                        assertThat(result.getTimings().getInference()).isZero();
                    });
            assertThat(sent(app, Harness.INTERACTIVE)).isEmpty();
            assertThat(served(app, "cached")).isEqualTo(1);
            assertThat(app.meters.get("unifluid.reuse.bytes").gauge().value()).isPositive();
        }
    }

    @Test
    void nobodyInAHurryWaitsForBulk() {
        try (var app = Harness.with(folder)) {
            app.request(same("slow")).request(interactive("quick"));
            assertThat(sent(app, Harness.INTERACTIVE)).containsExactly("quick");
        }
    }

    @Test
    void canBeSwitchedOffByTheOperatorAndByTheCaller() {
        try (var app = Harness.with(folder, "reuse.enabled", "false")) {
            app.request(same("a")).request(same("b"));
            assertThat(sent(app)).containsExactly("a", "b");
        }
        try (var app = Harness.with(folder.resolve("caller"))) {
            var own = same("b");
            own.setReuse(false);
            app.request(same("a")).request(own);
            assertThat(sent(app)).containsExactly("a", "b");
            assertThat(app.succeeded("b", 1).results())
                    .extracting(InferenceResult::getRequestId)
                    .containsExactly("b");
        }
    }

    @Test
    void tenantsDoNotShareWhenTheyMustNot() {
        try (var app = Harness.with(folder, "reuse.across-tenants", "false")) {
            var other = same("b");
            other.setTenant("other");
            assertThat(sent(app.request(same("a")).request(other))).containsExactly("a", "b");
        }
    }

    @Test
    void tenantsDoNotShareUnlessTheOperatorSaysSo() {
        var other = same("b");
        other.setTenant("other");
        try (var app = Harness.with(folder)) {
            assertThat(sent(app.request(same("a")).request(other))).containsExactly("a", "b");
        }
        try (var app = Harness.with(folder.resolve("across"), "reuse.across-tenants", "true")) {
            assertThat(sent(app.request(same("a")).request(other))).containsExactly("a");
            assertThat(app.succeeded("a", 1).results()).hasSize(2);
        }
    }

    @Test
    void aStrangerWithTheHashAloneGetsNoAnswer() {
        for (var across : List.of("false", "true")) {
            try (var app = Harness.with(folder.resolve(across), "reuse.across-tenants", across)) {
                app.request(same("mine"));
                sent(app);
                app.succeeded("mine", 1).results();

                app.request(stranger("address", "https://example.org/none.png"));
                app.request(stranger("claim", "blob:sha256/" + hash()));
                assertThat(app.results()).as("across tenants: " + across).isEmpty();
                assertThat(sent(app)).containsExactlyInAnyOrder("address", "claim");
            }
        }
    }

    @Test
    void aStrangersBrokenAddressFailsNobodyElse() {
        for (var across : List.of("false", "true")) {
            try (var app = Harness.with(folder.resolve(across), "reuse.across-tenants", across)) {
                app.request(stranger("address", "https://example.org/none.png"));
                app.request(stranger("claim", "blob:sha256/" + hash()));
                sent(app);
                IntStream.range(0, 20).forEach(i -> app.request(same("mine-" + i)));
                assertThat(sent(app)).containsExactly("mine-0");

                for (var id : List.of("address", "claim")) {
                    assertThat(app.outcome(notFetched(app, id)).results())
                            .extracting(InferenceResult::getRequestId)
                            .containsExactly(id);
                }
                assertThat(app.succeeded("mine-0", 1).results())
                        .hasSize(20)
                        .allSatisfy(result -> assertThat(result.getStatus()).isEqualTo(ResultStatus.SUCCEEDED));
            }
        }
    }

    @Test
    void aFailureToFetchIsItsOwnAlsoWithinATenant() {
        try (var app = Harness.with(folder)) {
            var claim = same("claim");
            claim.setImage(new ImageRef(null, "blob:sha256/" + hash(), null, null));
            app.request(claim).request(same("b")).request(same("c"));
            assertThat(sent(app)).containsExactly("claim");

            assertThat(app.outcome(notFetched(app, "claim")).results())
                    .extracting(InferenceResult::getRequestId)
                    .containsExactly("claim");
            assertThat(sent(app)).containsExactly("b");
            assertThat(app.succeeded("b", 1).results())
                    .extracting(InferenceResult::getStatus)
                    .containsExactly(ResultStatus.SUCCEEDED, ResultStatus.SUCCEEDED);
        }
    }

    @Test
    void anAddressSharesOnlyTogetherWithItsHash() {
        try (var app = Harness.with(folder)) {
            app.request(elsewhere("a", "file:/a.png", hash())).request(elsewhere("b", "file:/a.png", hash()));
            app.request(elsewhere("other address", "file:/b.png", hash()));
            app.request(elsewhere("other hash", "file:/a.png", "00" + hash().substring(2)));
            app.request(elsewhere("no hash", "file:/a.png", null));
            assertThat(sent(app)).containsExactlyInAnyOrder("a", "other address", "other hash", "no hash");
        }
    }

    private static String hash() {
        return PictureHash.of(same("any").getImage()).orElseThrow().name();
    }

    private static InferenceRequest elsewhere(String id, String uri, String sha256) {
        var request = same(id);
        request.setImage(new ImageRef(null, uri, null, sha256));
        return request;
    }

    private static InferenceRequest stranger(String id, String uri) {
        var request = elsewhere(id, uri, hash());
        request.setTenant("stranger");
        return request;
    }

    private static Outcome notFetched(Harness app, String id) {
        var outcome = app.outcome(id, 1, OutcomeKind.FAILED);
        outcome.setFailure(FailureKind.BAD_INPUT);
        outcome.setStage(FailureStage.FETCH);
        outcome.setMessage("The address leads nowhere.");
        return outcome;
    }

    @Test
    void drawingsShareOnlyWithAGivenSeed() {
        try (var app = Harness.with(folder)) {
            app.request(draw("a", null)).request(draw("b", null)).request(draw("c", 7L));
            app.request(draw("d", 7L)).request(draw("e", 8L));
            assertThat(sent(app, "generate-bulk")).containsExactlyInAnyOrder("a", "b", "c", "e");
        }
    }

    @Test
    void oneThatWaitsComputesWhenTheFirstIsCancelled() {
        try (var app = Harness.with(folder)) {
            app.request(same("a")).request(same("b")).request(same("c"));
            sent(app);
            assertThat(app.cancel("a").results())
                    .extracting(InferenceResult::getStatus)
                    .containsExactly(ResultStatus.CANCELLED);

            assertThat(sent(app)).containsExactly("b");
            assertThat(app.succeeded("b", 1).results())
                    .extracting(InferenceResult::getRequestId, InferenceResult::getCacheHit)
                    .containsExactlyInAnyOrder(
                            org.assertj.core.groups.Tuple.tuple("b", false),
                            org.assertj.core.groups.Tuple.tuple("c", true));
        }
    }

    @Test
    void afterATransientFailureOneThatWaitedComputesAndTheFirstWaitsForIt() {
        try (var app = Harness.with(folder)) {
            app.request(same("a")).request(same("b"));
            sent(app);
            app.failed("a", 1, FailureKind.TRANSIENT, "The blob store is away.");
            assertThat(sent(app)).containsExactly("b");

            app.advance(Duration.ofSeconds(6));
            assertThat(sent(app)).isEmpty();
            assertThat(app.succeeded("b", 1).results())
                    .extracting(InferenceResult::getRequestId)
                    .containsExactlyInAnyOrder("a", "b");
        }
    }

    @Test
    void whatCannotBeReadFailsForAllAtOnce() {
        try (var app = Harness.with(folder)) {
            app.request(same("a")).request(same("b")).request(same("c"));
            sent(app);
            assertThat(app.failed("a", 1, FailureKind.BAD_INPUT, "The picture is cut short.")
                            .results())
                    .hasSize(3)
                    .allSatisfy(result -> {
                        assertThat(result.getStatus()).isEqualTo(ResultStatus.FAILED);
                        assertThat(result.getError().getKind()).isEqualTo("BAD_INPUT");
                        assertThat(result.getError().getMessage()).isEqualTo("The picture is cut short.");
                    });
            // A failure is not kept: the next one tries again.
            assertThat(sent(app.request(same("d")))).containsExactly("d");
        }
    }

    @Test
    void aPoisonousPictureIsTriedByOneRequestOnly() {
        try (var app = Harness.with(folder)) {
            app.request(same("a")).request(same("b"));
            for (int attempt = 1; attempt <= 3; attempt++) {
                assertThat(sent(app)).containsExactly("a");
                app.failed("a", attempt, FailureKind.CRASH, "The worker died.");
            }
            assertThat(app.results())
                    .hasSize(2)
                    .allSatisfy(
                            result -> assertThat(result.getError().getKind()).isEqualTo("CRASH"));
            assertThat(sent(app)).isEmpty();
        }
    }

    @Test
    void oneThatWaitsHasItsOwnCancelAndItsOwnDeadline() {
        try (var app = Harness.with(folder)) {
            var late = same("late");
            late.setDeadline(Harness.START.plusSeconds(5));
            app.request(same("a")).request(same("b")).request(late);
            sent(app);
            app.cancel("b").advance(Duration.ofSeconds(6));
            assertThat(app.results())
                    .extracting(InferenceResult::getStatus)
                    .containsExactly(ResultStatus.CANCELLED, ResultStatus.EXPIRED);
            assertThat(app.succeeded("a", 1).results())
                    .extracting(InferenceResult::getRequestId)
                    .containsExactly("a");
        }
    }

    @Test
    void anAnswerOfAnOlderModelIsNotGivenAgain() {
        try (var app = Harness.with(folder)) {
            app.request(same("old"));
            sent(app);
            app.succeeded("old", 1, "1").running("2");

            assertThat(sent(app.request(same("new")))).containsExactly("new");
            app.succeeded("new", 1, "2").results();
            assertThat(app.request(same("again")).results())
                    .extracting(result -> result.getModel().getVersion())
                    .containsExactly("2");
        }
    }

    @Test
    void anAnswerIsKeptForItsRetentionAndAsLongAsThereIsRoom() {
        try (var app = Harness.with(folder, "reuse.retention", "1h", "reuse.max-megabytes", "1")) {
            app.request(same("a"));
            sent(app);
            app.succeeded("a", 1).results();
            app.advance(Duration.ofMinutes(59));
            assertThat(app.request(same("b")).results()).hasSize(1);
            app.advance(Duration.ofMinutes(2));
            assertThat(sent(app.request(same("c")))).containsExactly("c");
            assertThat(app.count("unifluid.reuse.evicted", "reason", "age")).isEqualTo(1);
        }
    }

    @Test
    void aLargeAnswerIsSharedAndNotKept() {
        try (var app = Harness.with(folder, "reuse.max-entry-bytes", "10")) {
            app.request(same("a")).request(same("b"));
            sent(app);
            assertThat(app.succeeded("a", 1).results()).hasSize(2);
            assertThat(sent(app.request(same("c")))).containsExactly("c");
            assertThat(app.count("unifluid.reuse.not.kept", "reason", "size")).isEqualTo(1);
        }
    }

    @Test
    void afterALongSilenceOfTheFirstAnotherOneComputes() {
        try (var app = Harness.with(folder, "lost-after", "1h", "stuck-after", "5h")) {
            app.request(same("a")).request(same("b"));
            assertThat(sent(app)).containsExactly("a");
            app.started("a", 1).advance(Duration.ofMinutes(50));
            assertThat(sent(app)).isEmpty();
            app.advance(Duration.ofMinutes(15));
            assertThat(sent(app)).containsExactly("b");
        }
    }

    private static double served(Harness app, String how) {
        return app.count("unifluid.reuse", "served", how);
    }

    private static InferenceRequest draw(String id, Long seed) {
        var request = Harness.caption(id);
        request.setImage(null);
        request.setTask(new Generate("a red circle", 1, 64, 64, seed, null, 0));
        return request;
    }
}
