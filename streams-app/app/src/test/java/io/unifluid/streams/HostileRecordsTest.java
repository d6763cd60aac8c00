package io.unifluid.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.schemas.Admitted;
import io.unifluid.schemas.AttemptEnded;
import io.unifluid.schemas.Caption;
import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.Control;
import io.unifluid.schemas.ControlKind;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.OutcomeKind;
import io.unifluid.schemas.RecordHeaders;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Timings;
import io.unifluid.schemas.Topic;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.Vqa;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One record never ends more than itself: the innocent one behind it is answered as ever. */
class HostileRecordsTest {
    private static final int MIB = 1024 * 1024;
    private static final String REPLIES = "app.replies";

    @TempDir
    Path folder;

    private Harness app;

    @BeforeEach
    void start() {
        app = Harness.with(folder, "reply-topics", REPLIES);
    }

    /** Whatever a test sent. */
    @AfterEach
    void anInnocentRequestIsStillAnswered() {
        app.limits.learn(Topics.RESULTS.name(), Topics.MAX_RECORD_BYTES);
        app.request("innocent").advance(Duration.ofMillis(60)).succeeded("innocent", 1);
        assertThat(app.results())
                .filteredOn(result -> result.getRequestId().equals("innocent"))
                .singleElement()
                .satisfies(result -> assertThat(result.getStatus()).isEqualTo(ResultStatus.SUCCEEDED));
        app.close();
    }

    // ---- keys

    @Test
    void aCancelWhoseIdIsLongerThanAnyTextMayBeIsADeadLetter() {
        var id = "c".repeat(70_000);
        var letter = undecodable(
                Topics.CONTROLS,
                utf8(id),
                app.encoded(Topics.CONTROLS, new Control(id, "default", ControlKind.CANCEL, "", app.now())));

        assertThat(letter.key()).isEqualTo(utf8(id));
        assertThat(text(letter.headers(), RecordHeaders.DLQ_REASON))
                .contains("70000")
                .contains("16384");
    }

    @Test
    void aCancelWithALongReasonIsKeptWithAShortOne() {
        app.bytes(
                Topics.CONTROLS,
                utf8("r1"),
                app.encoded(
                        Topics.CONTROLS,
                        new Control(
                                "r1", "default", ControlKind.CANCEL, "\u001b[31m" + "why ".repeat(MIB), app.now())));
        app.request("r1");

        assertThat(app.results()).singleElement().satisfies(result -> {
            assertThat(result.getStatus()).isEqualTo(ResultStatus.CANCELLED);
            assertThat(result.getError().getMessage())
                    .hasSizeLessThanOrEqualTo(1_000)
                    .doesNotContain("\u001b");
        });
    }

    @Test
    void aRequestWhoseIdTakesMegabytesIsADeadLetter() {
        var id = "i".repeat(3 * MIB);
        var letter = undecodable(Topics.REQUESTS, utf8(id), app.encoded(Harness.caption(id, "picture")));

        assertThat(letter.key()).hasSize(3 * MIB);
        assertThat(app.results()).isEmpty();
    }

    @Test
    void aKeyThatIsNotUtf8IsADeadLetterWithItsOwnBytes() {
        byte[] malformed = {'r', (byte) 0xc3, '1'};
        var letter = undecodable(Topics.REQUESTS, malformed, app.encoded(Harness.caption("r\ufffd1")));

        assertThat(letter.key()).isEqualTo(malformed);
        assertThat(text(letter.headers(), RecordHeaders.DLQ_REASON)).contains("UTF-8");
        assertThat(app.results()).isEmpty();
    }

    @Test
    void aRecordWithoutAKeyIsADeadLetterWithoutOne() {
        for (var topic : List.of(Topics.REQUESTS, Topics.REQUESTS_INTERACTIVE)) {
            app.bytes(topic, null, app.encoded(Harness.caption("r1")));
            var letter = letter();
            assertThat(letter.key()).isNull();
            assertThat(text(letter.headers(), RecordHeaders.DLQ_REASON)).contains("no key");
        }
    }

    @Test
    void keysThatDifferAreShownShortAndHarmless() {
        var id = "\u001b[2J".repeat(10_000);
        app.bytes(Topics.REQUESTS, utf8("other"), app.encoded(Harness.caption(id, "picture")));

        assertThat(reason()).hasSizeLessThan(300).doesNotContain("\u001b").contains("'other'");
    }

    // ---- headers

    @Test
    void tooManyOrTooLargeHeadersMakeADeadLetterThatKeepsThemAll() {
        var large = new org.apache.kafka.common.header.internals.RecordHeaders();
        large.add("big", new byte[MIB]);
        var letter = app.undecodable(Topics.REQUESTS, utf8("r1"), app.encoded(Harness.caption("r1")), large);
        assertThat(letter.headers().lastHeader("big").value()).hasSize(MIB);
        assertThat(text(letter.headers(), RecordHeaders.DLQ_REASON)).contains("headers");

        var many = new org.apache.kafka.common.header.internals.RecordHeaders();
        for (int i = 0; i < 1_000; i++) {
            many.add("h" + i, new byte[0]);
        }
        letter = app.undecodable(Topics.REQUESTS, utf8("r1"), app.encoded(Harness.caption("r1")), many);
        assertThat(letter.headers().toArray()).hasSizeGreaterThan(1_000);
        assertThat(app.results()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00-aa-bb-01",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0\n",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            })
    void aTraceThatDoesNotFollowItsGrammarIsLeftBehind(String trace) {
        var headers = new org.apache.kafka.common.header.internals.RecordHeaders();
        headers.add(RecordHeaders.TRACEPARENT, utf8(trace));
        app.request("r1", Harness.caption("r1"), headers).succeeded("r1", 1);

        assertThat(app.resultRecords().getFirst().headers().lastHeader(RecordHeaders.TRACEPARENT))
                .isNull();
    }

    // ---- times

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, Long.MIN_VALUE + 1, -1, 0})
    void aDeadlineLongPastExpires(long deadline) {
        var request = Harness.caption("r1");
        request.setDeadline(Instant.ofEpochMilli(deadline));
        app.request(request);

        assertThat(app.results()).singleElement().satisfies(result -> {
            assertThat(result.getStatus()).isEqualTo(ResultStatus.EXPIRED);
            assertThat(result.getError().getMessage())
                    .contains("deadline passed")
                    .endsWith(".");
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE - 1, 253_402_300_800_000L})
    void aDeadlineThatNeverComesIsNone(long deadline) {
        var request = Harness.caption("r1");
        request.setDeadline(Instant.ofEpochMilli(deadline));
        app.request(request).advance(Duration.ofMillis(60));

        var dispatched =
                app.batches(Harness.BULK).getFirst().getItems().getFirst().getRequest();
        assertThat(dispatched.getDeadline()).isEqualTo(Instant.parse("9999-12-31T23:59:59.999Z"));
        app.succeeded("r1", 1);
        assertThat(app.results())
                .singleElement()
                .satisfies(result -> assertThat(result.getStatus()).isEqualTo(ResultStatus.SUCCEEDED));
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, Long.MAX_VALUE})
    void timesOfRequestsAndReportsMayBeAnything(long millis) {
        var request = Harness.caption("r1");
        request.setSubmittedAt(Instant.ofEpochMilli(millis));
        app.request(request).advance(Duration.ofMillis(60));
        var outcome = app.outcome("r1", 1, OutcomeKind.SUCCEEDED);
        outcome.setAt(Instant.ofEpochMilli(millis));
        outcome.setOutput(new CaptionOutput("a red circle", -1.5, 3));
        outcome.setTimings(new Timings(
                Double.NaN, Double.NEGATIVE_INFINITY, -1.0, Double.POSITIVE_INFINITY, 2.0, 30.0, Double.NaN));
        app.outcome(outcome);

        assertThat(app.results()).singleElement().satisfies(result -> {
            assertThat(result.getStatus()).isEqualTo(ResultStatus.SUCCEEDED);
            assertThat(result.getSubmittedAt()).isBetween(Instant.EPOCH, Instant.parse("9999-12-31T23:59:59.999Z"));
            assertThat(result.getTimings().getInference()).isEqualTo(30.0);
            assertThat(result.getTimings().getQueued()).isFinite().isNotNegative();
            assertThat(result.getTimings().getFetch()).isZero();
            assertThat(result.getTimings().getPublish()).isFinite().isNotNegative();
        });
    }

    // ---- sizes

    @Test
    void aRecordWithinAFewBytesOfTheLimitBecomesADeadLetterThatSaysWhatIsMissing() {
        byte[] junk = new byte[Topics.MAX_RECORD_BYTES - 200];
        Arrays.fill(junk, (byte) 'j');
        var letter = undecodable(Topics.REQUESTS, utf8("junk"), junk);

        assertThat(letter.value()).isEqualTo(Arrays.copyOf(junk, 64 * 1024));
        assertThat(letter.key()).isEqualTo(utf8("junk"));
        assertThat(text(letter.headers(), RecordHeaders.DLQ_VALUE_BYTES)).isEqualTo(Integer.toString(junk.length));
        assertThat(text(letter.headers(), RecordHeaders.DLQ_VALUE_SHA256)).matches("[0-9a-f]{64}");
        assertThat(text(letter.headers(), RecordHeaders.DLQ_TRUNCATED))
                .contains("8388408 bytes")
                .contains("65536");
    }

    @Test
    void aRecordLargerThanAnyTopicTakesIsRefusedBeforeItIsDecoded() {
        var letter = undecodable(Topics.REQUESTS, utf8("zeros"), new byte[60 * MIB]);

        assertThat(text(letter.headers(), RecordHeaders.DLQ_REASON)).contains("62914560 bytes");
        assertThat(letter.value()).hasSize(64 * 1024);
    }

    @Test
    void headersThatDoNotFitAreLeftOutAndCounted() {
        var headers = new org.apache.kafka.common.header.internals.RecordHeaders();
        headers.add("small", new byte[10]);
        headers.add("huge", new byte[10 * MIB]);
        var letter = app.undecodable(Topics.REQUESTS, utf8("r1"), app.encoded(Harness.caption("r1")), headers);

        assertThat(letter.value()).isEqualTo(app.encoded(Harness.caption("r1")));
        assertThat(letter.headers().lastHeader("small")).isNotNull();
        assertThat(letter.headers().lastHeader("huge")).isNull();
        assertThat(text(letter.headers(), RecordHeaders.DLQ_HEADERS_MISSING)).isEqualTo("1");
    }

    @Test
    void aRequestThatDoesNotFitWhereItIsHandedOutIsRejected() {
        app.limits.learn(Topics.SCHEDULE.name(), 100_000);
        var request = Harness.caption("r1", "p".repeat(150_000));
        app.request(request);

        assertThat(app.results()).singleElement().satisfies(result -> {
            assertThat(result.getStatus()).isEqualTo(ResultStatus.REJECTED);
            assertThat(result.getError().getKind()).isEqualTo("TOO_LARGE");
            assertThat(result.getError().getMessage())
                    .contains("unifluid.schedule")
                    .contains("claim");
        });
        app.request(request);
        assertThat(app.results()).isEmpty();
        assertThat(app.count("unifluid.results", "status", "REJECTED")).isEqualTo(1);
    }

    @Test
    void anAnswerThatDoesNotFitFailsItsRequest() {
        app.limits.learn(Topics.RESULTS.name(), 100_000);
        app.request("r1").advance(Duration.ofMillis(60));
        app.outcome(answered("r1", "a".repeat(150_000)));

        assertThat(app.results()).singleElement().satisfies(result -> {
            assertThat(result.getStatus()).isEqualTo(ResultStatus.FAILED);
            assertThat(result.getError().getKind()).isEqualTo("TOO_LARGE");
            assertThat(result.getOutput()).isNull();
        });
        app.outcome(answered("r1", "short"));
        assertThat(app.results()).isEmpty();
    }

    @Test
    void aReplyTopicThatTakesLessGetsTheResultWithoutItsAnswer() {
        app.limits.learn(REPLIES, 100_000);
        var request = Harness.caption("r1");
        request.setReplyTopic(REPLIES);
        app.request(request).advance(Duration.ofMillis(60));
        app.outcome(answered("r1", "a".repeat(150_000)));

        assertThat(app.results())
                .singleElement()
                .satisfies(result -> assertThat(result.getOutput()).isNotNull());
        assertThat(app.replies(REPLIES)).singleElement().satisfies(reply -> {
            assertThat(reply.getStatus()).isEqualTo(ResultStatus.SUCCEEDED);
            assertThat(reply.getOutput()).isNull();
            assertThat(reply.getError().getMessage()).contains("unifluid.results");
        });
    }

    @Test
    void aBatchThatItsTopicDoesNotTakeGoesInHalvesAndWhatIsTooLargeByItselfFails() {
        app.limits.learn("unifluid.work." + Harness.BULK, 100_000);
        for (int i = 0; i < 4; i++) {
            app.request(Harness.caption("r" + i, i + "p".repeat(40_000)));
        }
        app.request(Harness.caption("large", "p".repeat(150_000)));
        app.advance(Duration.ofMillis(60));

        assertThat(app.batches(Harness.BULK))
                .flatExtracting(Harness::ids)
                .containsExactlyInAnyOrder("r0", "r1", "r2", "r3");
        assertThat(app.results()).singleElement().satisfies(result -> {
            assertThat(result.getRequestId()).isEqualTo("large");
            assertThat(result.getStatus()).isEqualTo(ResultStatus.FAILED);
            assertThat(result.getError().getMessage()).contains("unifluid.work." + Harness.BULK);
        });
    }

    @Test
    void fieldsThatNobodyMeasuresCountTowardsABatch() {
        for (int i = 0; i < 4; i++) {
            var request = Harness.caption("r" + i);
            request.getImage().setMediaType("m".repeat(3 * MIB));
            app.request(request);
        }
        app.advance(Duration.ofMillis(60));

        assertThat(app.batches(Harness.BULK))
                .flatExtracting(Harness::ids)
                .hasSizeLessThanOrEqualTo(4)
                .doesNotHaveDuplicates();
        assertThat(app.deadLetters()).isEmpty();
    }

    @Test
    void whatARejectionRepeatsIsBounded() {
        var labels = Harness.caption("labels");
        labels.setLabels(Map.of("l", "x".repeat(7 * MIB)));
        var tenant = Harness.caption("tenant");
        tenant.setTenant("t".repeat(7 * MIB));
        var questions = Harness.caption("task");
        questions.setTask(new Vqa(List.of()));
        app.request(labels).request(tenant).request(questions);

        assertThat(app.results()).hasSize(3).allSatisfy(result -> {
            assertThat(result.getStatus()).isEqualTo(ResultStatus.REJECTED);
            assertThat(result.toString()).hasSizeLessThan(2_000);
        });
    }

    // ---- the app's own topics

    @Test
    void aDispatchThatCannotBeOneIsADeadLetterAndItsRequestFails() {
        app.request("r1");
        app.pipe(Topics.SCHEDULE, Harness.BULK + "/0", admitted("r1", Harness.BULK, Double.NaN));

        assertThat(reason()).isNotBlank();
        assertThat(app.results())
                .singleElement()
                .satisfies(result -> assertThat(result.getStatus()).isEqualTo(ResultStatus.FAILED));
        app.pipe(Topics.SCHEDULE, "nowhere", admitted("r2", "no-such-lane", 1));
        assertThat(letter().value()).isNotEmpty();
    }

    @Test
    void anEndOfAnAttemptThatCannotBeReadIsADeadLetter() {
        var headers = new org.apache.kafka.common.header.internals.RecordHeaders();
        headers.add("unifluid.released.request", utf8("r1"));
        headers.add("unifluid.released.attempt", new byte[] {0, 0, 0, 1});
        headers.add("unifluid.released.key", utf8("caption|-|k"));
        headers.add("unifluid.released.ending", utf8("GONE"));
        app.bytes(Topics.SCHEDULE, utf8("no-lane"), null, headers);
        assertThat(reason()).isNotBlank();

        headers.add("unifluid.released.ending", utf8("NO_SUCH_ENDING"));
        app.bytes(Topics.SCHEDULE, utf8(Harness.BULK + "/0"), null, headers);
        assertThat(reason()).isNotBlank();

        headers.add("unifluid.released.attempt", new byte[1]);
        app.bytes(Topics.SCHEDULE_AHEAD, utf8(Harness.BULK + "/0"), null, headers);
        assertThat(reason()).isNotBlank();

        app.pipe(
                Topics.SCHEDULE_AHEAD,
                Harness.BULK + "/0",
                AttemptEnded.newBuilder()
                        .setRequestId("r1")
                        .setLane("no-such-lane")
                        .build());
        assertThat(reason()).contains("no-such-lane");
    }

    // ---- dead letters themselves

    @Test
    void aDeadLetterIsAsOldAsItsWritingAndTellsTheRecordsOwnTime() {
        var monthAgo = Harness.START.minus(Duration.ofDays(30));
        app.driver
                .createInputTopic(Topics.REQUESTS.name(), Harness.BYTES, Harness.BYTES)
                .pipeInput(new TestRecord<>(utf8("other"), app.encoded(Harness.caption("r1")), monthAgo));

        var letter = letter();
        assertThat(letter.getRecordTime()).isEqualTo(app.now());
        assertThat(text(letter.headers(), RecordHeaders.DLQ_TIMESTAMP))
                .isEqualTo(Long.toString(monthAgo.toEpochMilli()));
    }

    @Test
    void whatASenderClaimsAboutADeadLetterIsDropped() {
        var headers = new org.apache.kafka.common.header.internals.RecordHeaders();
        headers.add(RecordHeaders.DLQ_HEADERS_MISSING, utf8("not a number"));
        headers.add(RecordHeaders.DLQ_REASON, utf8("forged"));
        var letter = app.undecodable(Topics.REQUESTS, null, null, headers);

        assertThat(letter.headers().lastHeader(RecordHeaders.DLQ_TRUNCATED)).isNull();
        assertThat(text(letter.headers(), RecordHeaders.DLQ_REASON)).doesNotContain("forged");
    }

    private Admitted admitted(String id, String lane, double cost) {
        return new Admitted(
                InferenceRequest.newBuilder()
                        .setRequestId(id)
                        .setTask(new Caption(0, null))
                        .build(),
                1,
                false,
                lane,
                "bucket",
                cost,
                1L,
                Harness.START,
                Harness.START,
                null,
                app.token(id, 1),
                null);
    }

    private io.unifluid.schemas.Outcome answered(String id, String caption) {
        var outcome = app.outcome(id, 1, OutcomeKind.SUCCEEDED);
        outcome.setOutput(new CaptionOutput(caption, -1.5, 3));
        return outcome;
    }

    private ProducerRecord<byte[], byte[]> undecodable(Topic<?> topic, byte[] key, byte[] value) {
        return app.undecodable(topic, key, value, new org.apache.kafka.common.header.internals.RecordHeaders());
    }

    private TestRecord<byte[], byte[]> letter() {
        var letters = app.letters();
        assertThat(letters).hasSize(1);
        return letters.getFirst();
    }

    private String reason() {
        return text(letter().headers(), RecordHeaders.DLQ_REASON);
    }

    private static String text(Headers headers, String name) {
        return new String(headers.lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
