package io.unifluid.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.schemas.FailureKind;
import io.unifluid.schemas.Generate;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.MicroBatch;
import io.unifluid.schemas.Priority;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchingTest {
    private static final Duration TICK = Duration.ofMillis(10);

    @TempDir
    Path folder;

    @Test
    void aFullBatchLeavesWithoutWaitingForTheClock() {
        try (var app = Harness.with(folder, "lanes.understand-bulk.max-items", "3")) {
            app.request("a").request("b");
            assertThat(app.batches(Harness.BULK)).isEmpty();

            app.request("c");
            assertThat(app.batches(Harness.BULK)).singleElement().satisfies(batch -> {
                assertThat(batch.getReason()).isEqualTo("FULL_ITEMS");
                assertThat(batch.getLane()).isEqualTo(Harness.BULK);
                assertThat(Harness.ids(batch)).containsExactly("a", "b", "c");
                assertThat(batch.getItems().getFirst().getBatchedAt()).isEqualTo(app.now());
                assertThat(batch.getItems().getFirst().getAdmittedAt()).isEqualTo(Harness.START);
            });
        }
    }

    @Test
    void costClosesABatch() {
        // A caption costs 20.5 by the default model of costs.
        try (var app = Harness.with(folder, "lanes.understand-bulk.max-cost", "40")) {
            app.request("a").request("b");
            assertThat(reasons(app.batches(Harness.BULK))).containsExactly("FULL_COST");
        }
    }

    @Test
    void bytesCloseABatch() {
        try (var app = Harness.with(folder, "lanes.understand-bulk.max-bytes", "600")) {
            app.request("a").request("b").request("c");
            assertThat(reasons(app.batches(Harness.BULK))).containsExactly("FULL_BYTES");
        }
    }

    @Test
    void aHalfFilledBatchLeavesWhenItsOldestHasWaitedLongEnough() {
        try (var app = Harness.with(folder, "lanes.understand-bulk.max-wait", "50ms")) {
            app.request("a").advance(Duration.ofMillis(40)).request("b");
            assertThat(app.batches(Harness.BULK)).isEmpty();

            app.advance(TICK);
            assertThat(app.batches(Harness.BULK)).singleElement().satisfies(batch -> {
                assertThat(batch.getReason()).isEqualTo("MAX_WAIT");
                assertThat(Harness.ids(batch)).containsExactly("a", "b");
            });
        }
    }

    @Test
    void aDeadlineEndsTheWaitEarly() {
        try (var app = Harness.with(
                folder, "lanes.understand-bulk.max-wait", "10s", "lanes.understand-bulk.deadline-reserve", "100ms")) {
            var request = Harness.caption("a");
            request.setDeadline(Harness.START.plusMillis(500));
            app.request(request).advance(Duration.ofMillis(300));
            assertThat(app.batches(Harness.BULK)).isEmpty();

            app.advance(Duration.ofMillis(100));
            assertThat(reasons(app.batches(Harness.BULK))).containsExactly("DEADLINE");
        }
    }

    @Test
    void aRequestThatFailedInABatchRunsAgainByItself() {
        try (var app = Harness.with(folder, "lanes.understand-bulk.max-items", "2")) {
            app.request("a").request("b");
            app.batches(Harness.BULK);
            app.failed("a", 1, FailureKind.CRASH, "The worker died.");
            app.failed("b", 1, FailureKind.CRASH, "The worker died.").advance(TICK);

            assertThat(app.batches(Harness.BULK)).hasSize(2).allSatisfy(batch -> {
                assertThat(batch.getReason()).isEqualTo("ISOLATED");
                assertThat(batch.getItems()).hasSize(1);
            });
        }
    }

    @Test
    void whoWaitsForAnAnswerWaitsForCompanyOnlyWhileWorkersAreBusy() {
        try (var app = Harness.with(folder)) {
            app.request(interactive("a"));
            assertThat(app.batches(Harness.INTERACTIVE)).singleElement().satisfies(batch -> {
                assertThat(batch.getReason()).isEqualTo("IDLE");
                assertThat(Harness.ids(batch)).containsExactly("a");
            });

            app.request(interactive("b")).request(interactive("c"));
            assertThat(app.batches(Harness.INTERACTIVE)).isEmpty();

            app.succeeded("a", 1);
            assertThat(app.batches(Harness.INTERACTIVE))
                    .extracting(Harness::ids)
                    .containsExactly(List.of("b", "c"));
        }
    }

    @Test
    void bulkWaitsForCompanyAlthoughWorkersIdle() {
        try (var app = Harness.with(folder)) {
            app.request("a");
            assertThat(app.batches(Harness.BULK)).isEmpty();
        }
    }

    @Test
    void lanesAndBucketsDoNotMix() {
        try (var app = Harness.with(folder)) {
            app.request("slow")
                    .request(interactive("quick"))
                    .request(generate("small", 64))
                    .request(generate("large", 128));
            app.advance(Duration.ofMillis(60));

            assertThat(app.batches(Harness.BULK)).extracting(Harness::ids).containsExactly(List.of("slow"));
            assertThat(app.batches(Harness.INTERACTIVE))
                    .extracting(Harness::ids)
                    .containsExactly(List.of("quick"));
            assertThat(app.batches("generate-bulk"))
                    .extracting(Harness::ids)
                    .containsExactlyInAnyOrder(List.of("small"), List.of("large"));
        }
    }

    @Test
    void oneTenantsBacklogDoesNotHoldUpAnother() {
        try (var app = Harness.with(
                folder, "lanes.understand-bulk.max-items", "4", "lanes.understand-bulk.window-items", "4")) {
            IntStream.range(0, 40).forEach(i -> app.request(of("archive", "x" + i)));
            IntStream.range(0, 2).forEach(i -> app.request(of("small", "y" + i)));
            var first = app.batches(Harness.BULK);
            assertThat(first).hasSize(1);

            Harness.ids(first.getFirst()).forEach(id -> app.succeeded(id, 1));
            app.advance(TICK);
            assertThat(app.batches(Harness.BULK).stream().flatMap(b -> Harness.ids(b).stream()))
                    .contains("y0", "y1");
        }
    }

    @Test
    void whatWorkersCouldNotTakeYetIsHeldBackUntilSomethingEnds() {
        try (var app = Harness.with(
                folder, "lanes.understand-bulk.max-items", "2", "lanes.understand-bulk.window-items", "2")) {
            IntStream.range(0, 6).forEach(i -> app.request("r" + i));
            app.advance(Duration.ofSeconds(1));
            assertThat(app.batches(Harness.BULK)).hasSize(1);

            app.succeeded("r0", 1).succeeded("r1", 1).advance(TICK);
            assertThat(app.batches(Harness.BULK)).hasSize(1);
        }
    }

    @Test
    void fastWorkersMayHaveMoreThanSixteenBatches() {
        try (var app = Harness.with(folder, "lanes.understand-bulk.max-items", "1")) {
            IntStream.range(0, 400).forEach(i -> app.request("r" + i));
            app.advance(Duration.ofSeconds(1));
            var first = app.batches(Harness.BULK);
            assertThat(first).hasSize(16);

            var left = new ArrayDeque<>(first);
            for (int served = 0; served < 150; served++) {
                Harness.ids(left.remove()).forEach(id -> app.succeeded(id, 1));
                app.advance(TICK);
                left.addAll(app.batches(Harness.BULK));
            }
            assertThat(left).hasSizeGreaterThan(16);
        }
    }

    @Test
    void backlogIsTheTimeThatWhatWaitsWillTake() {
        try (var app = Harness.with(
                folder, "lanes.understand-bulk.max-items", "1", "lanes.understand-bulk.window-items", "1")) {
            IntStream.range(0, 100).forEach(i -> app.request("r" + i));
            app.advance(Duration.ofSeconds(1));

            // 100 captions of cost 20.5; nothing was served, so the reference device's rate counts.
            assertThat(app.meters
                            .get("unifluid.backlog.seconds")
                            .tag("lane", Harness.BULK)
                            .gauge()
                            .value())
                    .isBetween(2.0, 2.1);
            assertThat(app.meters
                            .get("unifluid.waiting.requests")
                            .tag("lane", Harness.BULK)
                            .gauge()
                            .value())
                    .isEqualTo(99);
        }
    }

    @Test
    void anExpiredRequestIsNotSentToWorkers() {
        try (var app = Harness.with(
                folder, "lanes.understand-bulk.max-items", "1", "lanes.understand-bulk.window-items", "1")) {
            app.request("first");
            var late = Harness.caption("late");
            late.setDeadline(Harness.START.plusSeconds(1));
            app.request(late)
                    .advance(Duration.ofSeconds(2))
                    .succeeded("first", 1)
                    .advance(TICK);

            assertThat(app.batches(Harness.BULK)).extracting(Harness::ids).containsExactly(List.of("first"));
        }
    }

    private static InferenceRequest interactive(String id) {
        var request = Harness.caption(id);
        request.setPriority(Priority.INTERACTIVE);
        return request;
    }

    private static InferenceRequest of(String tenant, String id) {
        var request = Harness.caption(id);
        request.setTenant(tenant);
        return request;
    }

    private static InferenceRequest generate(String id, int side) {
        var request = Harness.caption(id);
        request.setImage(null);
        request.setTask(new Generate("a red circle", 1, side, side, 7L, null, 0));
        return request;
    }

    private static List<String> reasons(List<MicroBatch> batches) {
        return batches.stream().map(MicroBatch::getReason).toList();
    }
}
