package io.unifluid.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.FailureKind;
import io.unifluid.schemas.Generate;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.ResultStatus;
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
                assertThat(result.getCacheHit())
                        .isEqualTo(!result.getRequestId().equals("r0"));
            });
            assertThat(results.getLast().getBatch()).isNull();
            assertThat(served(app, "computed")).isEqualTo(1);
            assertThat(served(app, "shared")).isEqualTo(19);
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
                        assertThat(result.getTimings().getInference()).isZero();
                    });
            assertThat(sent(app, Harness.INTERACTIVE)).isEmpty();
            assertThat(served(app, "hit")).isEqualTo(1);
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
            app.succeeded("old", 1, "1").request(Harness.caption("upgrade"));
            sent(app);
            app.succeeded("upgrade", 1, "2");

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
