package io.unifluid.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.FailureKind;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.OutcomeKind;
import io.unifluid.schemas.Priority;
import io.unifluid.schemas.Question;
import io.unifluid.schemas.RecordHeaders;
import io.unifluid.schemas.RequestState;
import io.unifluid.schemas.RequestStatus;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.Vqa;
import io.unifluid.streams.event.Names;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdmissionAndSettlementTest {
    private static final Duration PAST_MAX_WAIT = Duration.ofMillis(60);

    @TempDir
    Path folder;

    private Harness app;

    @BeforeEach
    void start() {
        app = Harness.with(folder, "reply-topics", "my.replies", "retention", "1h", "retry.jitter", "0");
    }

    @AfterEach
    void stop() {
        app.close();
    }

    @Test
    void aRequestThatWouldHoldTheDeviceForLongIsRefused() {
        var choices = IntStream.range(0, 256).mapToObj(i -> "choice " + i).toList();
        var request = Harness.caption("dear");
        request.setTask(new Vqa(Collections.nCopies(64, new Question("what is it", choices))));
        assertThat(app.request(request).results()).singleElement().satisfies(result -> {
            assertThat(result.getStatus()).isEqualTo(ResultStatus.REJECTED);
            assertThat(result.getError().getKind()).isEqualTo("TOO_EXPENSIVE");
        });
        try (var patient = Harness.with(folder.resolve("patient"), "max-cost", "1000000")) {
            assertThat(patient.request(request).results()).isEmpty();
        }
    }

    @Test
    void aRequestEndsInOneResultThatSaysAllAboutIt() {
        app.request("r1").advance(PAST_MAX_WAIT);
        app.started("r1", 1).advance(Duration.ofMillis(40)).succeeded("r1", 1);

        assertThat(app.results()).singleElement().satisfies(result -> {
            assertThat(result.getRequestId()).isEqualTo("r1");
            assertThat(result.getStatus()).isEqualTo(ResultStatus.SUCCEEDED);
            assertThat(result.getOutput()).isEqualTo(new CaptionOutput("a red circle", -1.5, 3));
            assertThat(result.getError()).isNull();
            assertThat(result.getAttempts()).isEqualTo(1);
            assertThat(result.getModel().getName()).isEqualTo("reference");
            assertThat(result.getDomain()).isEqualTo(0.25);
            assertThat(result.getBatch().getSize()).isEqualTo(2);
            assertThat(result.getLabels()).containsEntry("archive", "march");
            assertThat(result.getSubmittedAt()).isEqualTo(Harness.START);
            assertThat(result.getCompletedAt()).isEqualTo(app.now());
            assertThat(result.getTimings().getInference()).isEqualTo(30.0);
        });
    }

    @Test
    void resultsCarryTheCallersTraceAndCloudEventsAttributes() {
        var headers = new org.apache.kafka.common.header.internals.RecordHeaders();
        headers.add(
                RecordHeaders.TRACEPARENT,
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".getBytes(StandardCharsets.UTF_8));
        app.request("r1", Harness.caption("r1"), headers).succeeded("r1", 1);

        var record = app.resultRecords().getFirst();
        assertThat(record.key()).isEqualTo("r1");
        assertThat(header(record.headers(), RecordHeaders.TRACEPARENT))
                .isEqualTo("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        assertThat(header(record.headers(), RecordHeaders.CE_ID)).isEqualTo("r1");
        assertThat(header(record.headers(), RecordHeaders.CE_TYPE)).isEqualTo("io.unifluid.result.v1");
        assertThat(header(record.headers(), RecordHeaders.CE_SPECVERSION)).isEqualTo("1.0");
        assertThat(header(record.headers(), RecordHeaders.CE_SOURCE)).isEqualTo("/unifluid/streams");
    }

    @Test
    void statusFollowsARequestForWhichSomebodyWaits() {
        var request = Harness.caption("r1");
        request.setPriority(Priority.INTERACTIVE);
        app.request(request).advance(PAST_MAX_WAIT).started("r1", 1).succeeded("r1", 1);

        assertThat(app.statuses())
                .extracting(RequestStatus::getState)
                .containsExactly(RequestState.SCHEDULED, RequestState.RUNNING, RequestState.SUCCEEDED);
    }

    @Test
    void statusSaysOfBulkHowItEnds() {
        app.request("r1").advance(PAST_MAX_WAIT).started("r1", 1).succeeded("r1", 1);

        assertThat(app.statuses()).extracting(RequestStatus::getState).containsExactly(RequestState.SUCCEEDED);
    }

    @Test
    void statusFollowsBulkTooWhereThatIsAskedFor() {
        try (var all = Harness.with(folder.resolve("all"), "status", "all")) {
            all.request("r1").advance(PAST_MAX_WAIT).started("r1", 1).succeeded("r1", 1);
            assertThat(all.statuses())
                    .extracting(RequestStatus::getState)
                    .containsExactly(RequestState.SCHEDULED, RequestState.RUNNING, RequestState.SUCCEEDED);
        }
    }

    @Test
    void statusCanBeLimitedToTheEnd() {
        try (var quiet = Harness.with(folder.resolve("quiet"), "status", "terminal")) {
            quiet.request("r1").advance(PAST_MAX_WAIT).started("r1", 1).succeeded("r1", 1);
            assertThat(quiet.statuses()).extracting(RequestStatus::getState).containsExactly(RequestState.SUCCEEDED);
        }
    }

    @Test
    void aSecondRequestOfTheSameIdIsDroppedAndCounted() {
        app.request("r1").request("r1").advance(PAST_MAX_WAIT);
        assertThat(app.batches(Harness.BULK))
                .singleElement()
                .satisfies(batch -> assertThat(Harness.ids(batch)).containsExactly("r1"));

        app.succeeded("r1", 1).request("r1");
        assertThat(app.results()).hasSize(1);
        assertThat(app.count("unifluid.events", "kind", "duplicate_request")).isEqualTo(2);
    }

    @Test
    void aSecondOutcomeChangesNothing() {
        app.request("r1").succeeded("r1", 1).succeeded("r1", 1).failed("r1", 1, FailureKind.MODEL, "Too late.");

        assertThat(app.results()).hasSize(1);
        assertThat(app.count("unifluid.events", "kind", "duplicate_outcome")).isEqualTo(2);
    }

    @Test
    void anOutcomeOfAnUnknownRequestGivesNoResult() {
        app.succeeded("never-sent", 1);

        assertThat(app.results()).isEmpty();
        assertThat(app.count("unifluid.events", "kind", "unknown_outcome")).isEqualTo(1);
    }

    @Test
    void aRequestWithoutATaskIsRejectedWithTheReason() {
        var request = Harness.caption("r1");
        request.setTask(null);
        app.request(request).advance(PAST_MAX_WAIT);

        assertThat(app.results()).singleElement().satisfies(result -> {
            assertThat(result.getStatus()).isEqualTo(ResultStatus.REJECTED);
            assertThat(result.getError().getKind()).isEqualTo("UNKNOWN_TASK");
            assertThat(result.getError().getMessage()).isNotBlank();
            assertThat(result.getAttempts()).isZero();
        });
        assertThat(app.batches(Harness.BULK)).isEmpty();
    }

    @Test
    void aDeadlineInThePastExpiresAtOnce() {
        var request = Harness.caption("r1");
        request.setDeadline(Harness.START.minusSeconds(1));
        app.request(request).advance(PAST_MAX_WAIT);

        assertThat(app.results()).extracting(r -> r.getStatus()).containsExactly(ResultStatus.EXPIRED);
        assertThat(app.batches(Harness.BULK)).isEmpty();
    }

    @Test
    void aDeadlineThatPassesWhileTheModelRunsExpiresTheRequestAndIgnoresTheLateOutcome() {
        var request = Harness.caption("r1");
        request.setDeadline(Harness.START.plusSeconds(2));
        app.request(request).advance(PAST_MAX_WAIT).started("r1", 1);
        app.advance(Duration.ofSeconds(3)).succeeded("r1", 1);

        assertThat(app.results()).singleElement().satisfies(result -> {
            assertThat(result.getStatus()).isEqualTo(ResultStatus.EXPIRED);
            assertThat(result.getOutput()).isNull();
        });
        assertThat(app.count("unifluid.events", "kind", "late_outcome")).isEqualTo(1);
    }

    @Test
    void aCancelBeforeTheRequestIsRemembered() {
        app.cancel("r1").request("r1").advance(PAST_MAX_WAIT);

        assertThat(app.results()).extracting(r -> r.getStatus()).containsExactly(ResultStatus.CANCELLED);
        assertThat(app.batches(Harness.BULK)).isEmpty();
    }

    @Test
    void aCancelWhileItWaitsTakesTheRequestOutOfItsBatch() {
        app.request("r1").request("r2").cancel("r1").advance(PAST_MAX_WAIT);

        assertThat(app.results()).extracting(r -> r.getStatus()).containsExactly(ResultStatus.CANCELLED);
        assertThat(app.batches(Harness.BULK))
                .singleElement()
                .satisfies(batch -> assertThat(Harness.ids(batch)).containsExactly("r2"));
    }

    @Test
    void aCancelAfterTheEndChangesNothing() {
        app.request("r1").succeeded("r1", 1).cancel("r1");

        assertThat(app.results()).extracting(r -> r.getStatus()).containsExactly(ResultStatus.SUCCEEDED);
        assertThat(app.count("unifluid.events", "kind", "cancel_after_terminal"))
                .isEqualTo(1);
    }

    @Test
    void aTransientFailureIsTriedAgainAfterItsBackOff() {
        app.request("r1").advance(PAST_MAX_WAIT).failed("r1", 1, FailureKind.TRANSIENT, "The blob store is away.");
        app.batches(Harness.BULK);

        app.advance(Duration.ofSeconds(3));
        assertThat(app.batches(Harness.BULK)).isEmpty();

        app.advance(Duration.ofSeconds(2)).advance(PAST_MAX_WAIT);
        assertThat(app.batches(Harness.BULK)).singleElement().satisfies(batch -> {
            assertThat(batch.getItems().getFirst().getAttempt()).isEqualTo(2);
            assertThat(batch.getItems().getFirst().getRequest()).isEqualTo(Harness.caption("r1"));
        });

        app.succeeded("r1", 2);
        assertThat(app.results()).singleElement().satisfies(result -> {
            assertThat(result.getAttempts()).isEqualTo(2);
            assertThat(result.getTimings().getQueued()).isGreaterThanOrEqualTo(4_000);
        });
    }

    @Test
    void badInputFailsAtOnceWithTheWorkersSentence() {
        app.request("r1").advance(PAST_MAX_WAIT).failed("r1", 1, FailureKind.BAD_INPUT, "The picture is a text file.");

        assertThat(app.results()).singleElement().satisfies(result -> {
            assertThat(result.getStatus()).isEqualTo(ResultStatus.FAILED);
            assertThat(result.getError().getKind()).isEqualTo("BAD_INPUT");
            assertThat(result.getError().getMessage()).contains("The picture is a text file.");
        });
    }

    @Test
    void anAllowedReplyTopicReceivesACopy() {
        var request = Harness.caption("r1");
        request.setReplyTopic("my.replies");
        app.request(request).succeeded("r1", 1);

        assertThat(app.replies("my.replies")).isEqualTo(app.results()).hasSize(1);
    }

    @Test
    void anotherReplyTopicIsRejected() {
        var request = Harness.caption("r1");
        request.setReplyTopic("unifluid.requests");
        app.request(request);

        assertThat(app.results()).extracting(r -> r.getError().getKind()).containsExactly("REPLY_TOPIC_NOT_ALLOWED");
    }

    @Test
    void outcomesThatTravelTogetherSettleEachAsIfItCameAlone() {
        app.request("r1").request("r2").request("r3").advance(PAST_MAX_WAIT);
        app.scheduled(Topics.SCHEDULE_AHEAD);
        var first = app.outcome("r1", 1, OutcomeKind.SUCCEEDED);
        var forged = app.outcome("r2", 1, OutcomeKind.SUCCEEDED);
        forged.setToken(ByteBuffer.wrap(new byte[16]));
        var nested = app.outcome("r3", 1, OutcomeKind.SUCCEEDED);
        nested.setOthers(List.of(app.outcome("r3", 1, OutcomeKind.SUCCEEDED)));
        first.setOthers(List.of(forged, nested, app.outcome("r3", 1, OutcomeKind.SUCCEEDED)));
        app.outcome(first);

        assertThat(app.results())
                .extracting(InferenceResult::getRequestId, InferenceResult::getStatus)
                .containsExactly(tuple("r1", ResultStatus.SUCCEEDED), tuple("r3", ResultStatus.SUCCEEDED));
        assertThat(app.deadLetters()).extracting(letter -> letter.key()).containsExactly("r2", "r3");
        assertThat(app.scheduled(Topics.SCHEDULE_AHEAD)).containsExactly("ended r1 1 with r3 1");

        app.outcome(app.outcome("r2", 1, OutcomeKind.SUCCEEDED));
        assertThat(app.results()).extracting(InferenceResult::getRequestId).containsExactly("r2");
    }

    @Test
    void whatEndedTogetherMakesRoomForTheNextBatch() {
        try (var tight = Harness.with(
                folder.resolve("tight"),
                "lanes.understand-bulk.max-items",
                "2",
                "lanes.understand-bulk.window-items",
                "2")) {
            for (int i = 0; i < 4; i++) {
                tight.request("r" + i);
            }
            assertThat(tight.batches(Harness.BULK)).hasSize(1);
            var first = tight.outcome("r0", 1, OutcomeKind.SUCCEEDED);
            first.setOthers(List.of(tight.outcome("r1", 1, OutcomeKind.SUCCEEDED)));
            tight.outcome(first).advance(PAST_MAX_WAIT);

            assertThat(tight.batches(Harness.BULK)).extracting(Harness::ids).containsExactly(List.of("r2", "r3"));
        }
    }

    @Test
    void anIdIsFreeAgainAfterItsRetentionAlthoughItIsNotForgottenYet() {
        app.request("r1").succeeded("r1", 1).advance(Duration.ofMinutes(2));
        app.request("r2").succeeded("r2", 1);
        app.advance(Duration.ofMinutes(58)).results();
        assertThat(app.driver.getKeyValueStore(Names.LIFECYCLE_STORE).get("r1")).isNull();

        app.advance(Duration.ofMinutes(3));
        assertThat(app.driver.getKeyValueStore(Names.LIFECYCLE_STORE).get("r2"))
                .as("kept until the next walk")
                .isNotNull();
        app.request("r2").succeeded("r2", 1);
        assertThat(app.results()).extracting(InferenceResult::getRequestId).containsExactly("r2");
    }

    @Test
    void aCancelThatWaitedTooLongCancelsNothing() {
        app.cancel("other").advance(Duration.ofMinutes(1)).cancel("late").advance(Duration.ofMinutes(59));
        app.advance(Duration.ofMinutes(1)).request("late").succeeded("late", 1);
        assertThat(app.results()).extracting(InferenceResult::getStatus).containsExactly(ResultStatus.SUCCEEDED);
    }

    @Test
    void nothingIsKeptOfARequestAfterItsRetention() {
        app.request("r1").succeeded("r1", 1);
        assertThat(app.driver.getKeyValueStore(Names.REQUEST_STORE).get("r1")).isNull();
        assertThat(app.driver.getKeyValueStore(Names.LIFECYCLE_STORE).get("r1")).isNotNull();
        app.statuses();

        app.advance(Duration.ofMinutes(61));
        for (var store : new String[] {Names.LIFECYCLE_STORE, Names.WAITING_STORE}) {
            try (var all = app.driver.getKeyValueStore(store).all()) {
                assertThat(all).as(store).isExhausted();
            }
        }
        assertThat(app.statuses()).containsExactly((RequestStatus) null);
    }

    @Test
    void aTenantAboveItsLimitIsToldToComeBack() {
        try (var limited = Harness.with(folder.resolve("limited"), "max-in-flight-per-tenant", "2")) {
            limited.request("r1").request("r2").request("r3");
            assertThat(limited.results()).singleElement().satisfies(result -> {
                assertThat(result.getRequestId()).isEqualTo("r3");
                assertThat(result.getError().getKind()).isEqualTo("OVER_LIMIT");
            });

            limited.succeeded("r1", 1).request("r4");
            assertThat(limited.results()).extracting(r -> r.getStatus()).containsExactly(ResultStatus.SUCCEEDED);
        }
    }

    private static String header(Headers headers, String name) {
        return new String(headers.lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
