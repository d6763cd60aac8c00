package io.unifluid.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.FailureKind;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.MicroBatch;
import io.unifluid.schemas.Outcome;
import io.unifluid.schemas.OutcomeKind;
import io.unifluid.schemas.RecordHeaders;
import io.unifluid.schemas.RequestState;
import io.unifluid.schemas.RequestStatus;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.streams.event.Names;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may say what about a request: its tenant may cancel it, and whoever was handed an attempt may report on it. */
class BindingTest {
    private static final Duration PAST_MAX_WAIT = Duration.ofMillis(60);
    private static final String LONG = "r".repeat(201);

    @TempDir
    Path folder;

    private Harness app;

    @BeforeEach
    void start() {
        app = Harness.with(folder, "cancel-window", "1h", "retention", "2h", "status", "all");
    }

    @AfterEach
    void stop() {
        app.close();
    }

    // One id, one result.

    @Test
    void anIdThatIsTooLongIsRejectedOnceHoweverOftenItIsSent() {
        app.request(LONG).request(LONG).request(LONG + "x");

        assertThat(app.results()).hasSize(2).allSatisfy(result -> {
            assertThat(result.getStatus()).isEqualTo(ResultStatus.REJECTED);
            assertThat(result.getError().getKind()).isEqualTo("BAD_REQUEST_ID");
        });
        assertThat(count("duplicate_request")).isEqualTo(1);
        assertThat(app.statuses()).extracting(RequestStatus::getRequestId).containsExactly(LONG, LONG + "x");

        app.advance(Duration.ofMinutes(121));
        assertThat(app.statuses()).containsOnlyNulls().hasSize(2);
        assertThat(storedKeys()).isEmpty();
    }

    @Test
    void aCancelThatOvertakesAnIdThatIsTooLongLeavesItOneResult() {
        app.cancel(LONG).request(LONG).request(LONG);

        assertThat(app.results()).extracting(InferenceResult::getStatus).containsExactly(ResultStatus.CANCELLED);
    }

    @Test
    void requestsAndCancelsWithABlankIdAreDeadLetters() {
        app.request("").request(" ").cancel("");

        assertThat(app.results()).isEmpty();
        assertThat(reasons()).hasSize(3).containsOnly("The requestId is blank: give every request an id of its own.");
        assertThat(storedKeys()).isEmpty();
    }

    @Test
    void anotherTenantsRequestWithAKnownIdIsADeadLetterThatDoesNotNameTheTenant() {
        app.request(of("painter", "r1")).request(of("stranger", "r1")).advance(PAST_MAX_WAIT);
        assertThat(app.batches(Harness.BULK)).hasSize(1);
        app.succeeded("r1", 1).request(of("stranger", "r1")).request(of("painter", "r1"));

        assertThat(app.results())
                .singleElement()
                .satisfies(result -> assertThat(result.getTenant()).isEqualTo("painter"));
        assertThat(reasons())
                .hasSize(2)
                .containsOnly("The requestId belongs to a request of another tenant:"
                        + " send it again with an id of its own.");
        assertThat(count("foreign_request")).isEqualTo(2);
        assertThat(count("duplicate_request")).isEqualTo(1);
        assertThat(app.count("unifluid.requests.received"))
                .isEqualTo(app.count("unifluid.requests.admitted")
                        + count("duplicate_request")
                        + app.count("unifluid.dead.letters", "topic", "unifluid.requests"));
    }

    // Cancels.

    @Test
    void aCancelOfAnotherTenantIsADeadLetterAndChangesNothing() {
        app.request(of("painter", "r1"))
                .cancel("r1", "stranger")
                .advance(PAST_MAX_WAIT)
                .succeeded("r1", 1)
                .cancel("r1", "stranger");

        assertThat(app.results()).extracting(InferenceResult::getStatus).containsExactly(ResultStatus.SUCCEEDED);
        assertThat(reasons())
                .hasSize(2)
                .allSatisfy(reason -> assertThat(reason)
                        .startsWith("The cancel names another tenant than its request does")
                        .doesNotContain("painter"));
        assertThat(count("foreign_cancel")).isEqualTo(2);
    }

    @Test
    void aCancelInAdvanceHoldsForItsOwnTenantAndIsNotPushedOutByStrangers() {
        app.cancel("r1", "stranger").cancel("r1", "painter");
        for (int i = 0; i < 100; i++) {
            app.cancel("r1", "stranger-" + i);
        }
        app.request(of("painter", "r1"));

        assertThat(app.results()).extracting(InferenceResult::getStatus).containsExactly(ResultStatus.CANCELLED);
        assertThat(app.deadLetters()).isEmpty();
    }

    @Test
    void aStrangersCancelInAdvanceDoesNothingToTheRequestEvenWhenItIsForgotten() {
        app.cancel("r1", "stranger").request(of("painter", "r1")).advance(PAST_MAX_WAIT);
        app.statuses();
        app.started("r1", 1).advance(Duration.ofMinutes(3)).started("r1", 1);
        for (int minutes = 3; minutes < 63; minutes += 3) {
            app.advance(Duration.ofMinutes(3)).started("r1", 1);
        }
        assertThat(count("cancel_expired")).isEqualTo(1);
        assertThat(app.statuses()).extracting(RequestStatus::getState).containsExactly(RequestState.RUNNING);

        // Its bytes are still there for another attempt.
        app.failed("r1", 1, FailureKind.CRASH, "The worker died.").advance(Duration.ofMillis(10));
        assertThat(app.batches(Harness.BULK)).extracting(Harness::ids).endsWith(List.of("r1"));
        app.succeeded("r1", 2);
        assertThat(app.results()).extracting(InferenceResult::getStatus).containsExactly(ResultStatus.SUCCEEDED);
    }

    // Outcomes.

    @Test
    void everyAttemptTravelsWithATokenOfItsOwn() {
        app.request("r1").advance(PAST_MAX_WAIT);
        var first = token(app.batches(Harness.BULK).getFirst());
        app.failed("r1", 1, FailureKind.CRASH, "The worker died.").advance(Duration.ofMillis(10));
        var second = token(app.batches(Harness.BULK).getFirst());
        app.request("r2").advance(PAST_MAX_WAIT);
        var other = token(app.batches(Harness.BULK).getFirst());

        assertThat(List.of(first, second, other))
                .doesNotHaveDuplicates()
                .allSatisfy(token -> assertThat(token.remaining()).isEqualTo(16));
    }

    @Test
    void anOutcomeWithoutTheTokenOfItsAttemptIsADeadLetterAndTheTrueOneCounts() {
        app.request("r1").advance(PAST_MAX_WAIT);
        var token = token(app.batches(Harness.BULK).getFirst());
        for (var forged : List.of(ByteBuffer.allocate(0), ByteBuffer.allocate(16), ByteBuffer.allocate(17))) {
            app.outcome(forged("r1", 1, OutcomeKind.STARTED, forged));
            app.outcome(forged("r1", 1, OutcomeKind.SUCCEEDED, forged));
            app.outcome(forged("r1", 1, OutcomeKind.FAILED, forged));
        }
        app.outcome(forged("r1", 2, OutcomeKind.SUCCEEDED, token));
        assertThat(app.results()).isEmpty();
        assertThat(app.statuses()).extracting(RequestStatus::getState).containsExactly(RequestState.SCHEDULED);
        assertThat(count("forged_outcome")).isEqualTo(10);
        assertThat(app.count("unifluid.dead.letters", "topic", "unifluid.outcomes"))
                .isEqualTo(10);
        assertThat(reasons())
                .hasSize(10)
                .allSatisfy(reason -> assertThat(reason).contains("token"));

        app.outcome(forged("r1", 1, OutcomeKind.SUCCEEDED, token));
        assertThat(app.results()).extracting(InferenceResult::getStatus).containsExactly(ResultStatus.SUCCEEDED);
        app.outcome(forged("r1", 1, OutcomeKind.FAILED, ByteBuffer.allocate(16)));
        assertThat(count("forged_outcome")).isEqualTo(11);
    }

    @Test
    void theTokenIsInNoResultAndNoStatus() {
        app.request("r1").advance(PAST_MAX_WAIT);
        var token = new String(token(app.batches(Harness.BULK).getFirst()).array(), StandardCharsets.ISO_8859_1);
        app.started("r1", 1).succeeded("r1", 1);

        assertThat(app.results().toString() + app.statuses()).doesNotContain(token);
    }

    @Test
    void anAnswerThatIsUsedAgainCountsAsTheWaitingRequestsOwn() {
        app.request(Harness.caption("r1", "fox")).advance(PAST_MAX_WAIT);
        app.request(Harness.caption("r2", "fox")).succeeded("r1", 1);
        app.request(Harness.caption("r3", "fox")).advance(PAST_MAX_WAIT);

        assertThat(app.results()).extracting(InferenceResult::getRequestId).containsExactlyInAnyOrder("r1", "r2", "r3");
        assertThat(app.deadLetters()).isEmpty();
    }

    private static Outcome forged(String id, int attempt, OutcomeKind kind, ByteBuffer token) {
        return Outcome.newBuilder()
                .setRequestId(id)
                .setAttempt(attempt)
                .setKind(kind)
                .setFailure(kind == OutcomeKind.FAILED ? FailureKind.BAD_INPUT : null)
                .setOutput(kind == OutcomeKind.SUCCEEDED ? new CaptionOutput("a lie", -1.0, 2) : null)
                .setToken(token)
                .build();
    }

    private static InferenceRequest of(String tenant, String id) {
        var request = Harness.caption(id);
        request.setTenant(tenant);
        return request;
    }

    private static ByteBuffer token(MicroBatch batch) {
        return batch.getItems().getFirst().getToken();
    }

    private double count(String event) {
        return app.count("unifluid.events", "kind", event);
    }

    private List<String> reasons() {
        return app.deadLetters().stream().map(BindingTest::reason).toList();
    }

    private static String reason(TestRecord<String, byte[]> letter) {
        return new String(letter.headers().lastHeader(RecordHeaders.DLQ_REASON).value(), StandardCharsets.UTF_8);
    }

    private List<Object> storedKeys() {
        var keys = new java.util.ArrayList<Object>();
        try (var all = app.driver.getKeyValueStore(Names.LIFECYCLE_STORE).all()) {
            all.forEachRemaining(entry -> keys.add(entry.key));
        }
        return keys;
    }
}
