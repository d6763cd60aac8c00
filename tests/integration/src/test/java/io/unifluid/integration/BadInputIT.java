package io.unifluid.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.inference.BundleException;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.families.Models;
import io.unifluid.schemas.Caption;
import io.unifluid.schemas.InferenceRequest;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.RecordHeaders;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Topics;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.Requests;
import io.unifluid.testkit.SampleArchive;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong gets one clear answer on the real path, and harms nobody else. */
final class BadInputIT {
    @TempDir
    static Path scratch;

    private static WholePath path;
    private static byte[] sound;

    @BeforeAll
    static void start() throws Exception {
        path = WholePath.start(scratch);
        sound = SampleArchive.scene(0).bytes();
    }

    /** Whatever was sent: the path still works, and nobody got two answers. */
    @AfterAll
    static void stillServesAndStops() throws Exception {
        path.client.send(Requests.caption("after-all", sound).build());
        assertThat(result("after-all").getStatus()).isEqualTo(ResultStatus.SUCCEEDED);
        path.close();
    }

    @Test
    void aRequestWithoutATaskIsRejected() {
        path.client.send(Requests.of("no-task").build());
        refused("no-task", ResultStatus.REJECTED, "UNKNOWN_TASK", "task");
    }

    @Test
    void aCaptionWithoutAPictureIsRejected() {
        path.client.send(
                Requests.of("no-picture").setTask(Caption.newBuilder().build()).build());
        refused("no-picture", ResultStatus.REJECTED, "MISSING_PICTURE", "picture");
    }

    @Test
    void badPicturesFailAloneAmongSoundOnes() throws Exception {
        var truncated = Arrays.copyOf(sound, sound.length / 2);
        var requests = new ArrayList<InferenceRequest>();
        for (int i = 0; i < 20; i++) {
            requests.add(Requests.caption("sound-" + i, sound).build());
        }
        requests.add(
                5,
                Requests.caption("text", "this is not a picture".getBytes(StandardCharsets.UTF_8))
                        .build());
        requests.add(9, Requests.caption("truncated", truncated).build());
        requests.add(12, Requests.caption("huge", pngHeader(50_000, 50_000)).build());
        requests.add(15, Requests.caption("empty", new byte[0]).build());
        path.client.sendAll(requests);

        refused("text", ResultStatus.FAILED, "BAD_INPUT", "not a picture");
        refused("truncated", ResultStatus.FAILED, "BAD_INPUT", "cut short");
        refused("huge", ResultStatus.FAILED, "BAD_INPUT", "50000");
        var empty = result("empty");
        assertThat(empty.getStatus()).isIn(ResultStatus.FAILED, ResultStatus.REJECTED);
        assertThat(empty.getError().getMessage()).containsAnyOf("empty", "neither", "0 bytes");
        for (int i = 0; i < 20; i++) {
            assertThat(result("sound-" + i).getStatus()).isEqualTo(ResultStatus.SUCCEEDED);
        }
    }

    @Test
    void aMissingFileAndAMissingClaimFail() {
        path.client.send(
                at("missing-file", path.pictures.resolve("gone.png").toUri().toString()));
        path.client.send(at("missing-claim", "blob:sha256/" + "0".repeat(64)));
        refused("missing-file", ResultStatus.FAILED, "BAD_INPUT", "gone.png");
        refused("missing-claim", ResultStatus.FAILED, "BAD_INPUT", "0000");
    }

    @Test
    void aFileUnderAnAllowedRootIsReadAndOneOutsideIsRefused() throws Exception {
        Files.write(path.pictures.resolve("inside.png"), sound);
        var outside = Files.write(scratch.resolve("outside.png"), sound);
        path.client.send(
                at("inside", path.pictures.resolve("inside.png").toUri().toString()));
        path.client.send(at("outside", outside.toUri().toString()));
        path.client.send(at("climbing", path.pictures.toUri() + "../outside.png"));

        assertThat(result("inside").getStatus()).isEqualTo(ResultStatus.SUCCEEDED);
        refused("outside", ResultStatus.FAILED, "BAD_INPUT", "UNIFLUID_FETCH_ROOTS");
        refused("climbing", ResultStatus.FAILED, "BAD_INPUT", "UNIFLUID_FETCH_ROOTS");
    }

    @Test
    void anAddressInsideTheNetworkIsRefused() {
        path.client.send(at("private-1", "http://127.0.0.1:1/picture.png"));
        path.client.send(at("private-2", "http://169.254.169.254/latest/meta-data"));
        refused("private-1", ResultStatus.FAILED, "BAD_INPUT", "127.0.0.1");
        refused("private-2", ResultStatus.FAILED, "BAD_INPUT", "169.254.169.254");
    }

    @Test
    void anOversizedPromptIsRejectedAndOneAboveTheRecordLimitIsNotTaken() {
        path.client.send(
                Requests.generate("long-prompt", "a".repeat(5_000_000), 1).build());
        refused("long-prompt", ResultStatus.REJECTED, "BAD_PROMPT", "5000000");
        assertThatThrownBy(() -> path.client.send(Requests.generate("longer-prompt", "a".repeat(10_000_000), 1)
                        .build()))
                .hasRootCauseInstanceOf(RecordTooLargeException.class);
    }

    @Test
    void aDeadlineInThePastExpiresAtOnce() {
        path.client.send(Requests.caption("late", sound)
                .setDeadline(Instant.now().minusSeconds(60).truncatedTo(ChronoUnit.MILLIS))
                .build());
        var late = result("late");
        assertThat(late.getStatus()).isEqualTo(ResultStatus.EXPIRED);
        assertThat(late.getError().getMessage()).contains("deadline");
        assertThat(late.getAttempts()).isZero();
    }

    @Test
    void bytesThatAreNotAvroAndUnknownSchemasBecomeDeadLettersAsTheyCame() {
        var json = "{\"task\":\"caption\"}".getBytes(StandardCharsets.UTF_8);
        var unknownSchema =
                ByteBuffer.allocate(9).put((byte) 0).putInt(987_654).putInt(42).array();
        path.client.send(Topics.REQUESTS.name(), "json", json, Map.of("app", "mine"));
        path.client.send(Topics.REQUESTS.name(), "unknown-schema", unknownSchema, Map.of());

        Await.until("both dead letters", () -> keys().containsAll(List.of("json", "unknown-schema")));
        for (var letter : path.client.deadLetters()) {
            var key = new String(letter.key(), StandardCharsets.UTF_8);
            if (key.equals("json")) {
                assertThat(letter.value()).isEqualTo(json);
                assertThat(letter.headers()).containsEntry("app", "mine");
            } else if (key.equals("unknown-schema")) {
                assertThat(letter.value()).isEqualTo(unknownSchema);
            }
            assertThat(letter.headers())
                    .containsEntry(RecordHeaders.DLQ_TOPIC, Topics.REQUESTS.name())
                    .containsKeys(RecordHeaders.DLQ_REASON, RecordHeaders.DLQ_PARTITION, RecordHeaders.DLQ_OFFSET);
        }
    }

    @Test
    void theSameIdTwiceGivesOneResult() {
        for (int i = 0; i < 5; i++) {
            path.client.send(Requests.caption("twice", sound).build());
        }
        assertThat(result("twice").getStatus()).isEqualTo(ResultStatus.SUCCEEDED);
        path.client.send(Requests.caption("twice", sound).build());
        path.client.send(Requests.caption("after-twice", sound).build());
        result("after-twice");
        assertThat(path.client.resultsOf("twice")).hasSize(1);
    }

    @Test
    void aCancelledRequestEndsOnceHoweverItRaces() {
        for (int i = 0; i < 10; i++) {
            path.client.send(Requests.caption("cancel-" + i, sound).build());
            path.client.cancel("cancel-" + i);
        }
        for (int i = 0; i < 10; i++) {
            assertThat(result("cancel-" + i).getStatus()).isIn(ResultStatus.CANCELLED, ResultStatus.SUCCEEDED);
        }
        path.client.send(Requests.caption("after-cancel", sound).build());
        result("after-cancel");
        for (int i = 0; i < 10; i++) {
            assertThat(path.client.resultsOf("cancel-" + i)).hasSize(1);
        }
    }

    @Test
    void aBundleWithOneByteChangedIsRefusedByName() throws Exception {
        var copy = Files.createDirectories(scratch.resolve("tampered"));
        try (var files = Files.list(WholePath.bundle())) {
            for (var file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        var graph = copy.resolve("understand.onnx");
        var bytes = Files.readAllBytes(graph);
        bytes[bytes.length / 2] ^= 1;
        Files.write(graph, bytes);

        assertThatThrownBy(() -> Models.open(copy.toString(), ModelOptions.defaults()))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("understand.onnx");
    }

    private static List<String> keys() {
        return path.client.deadLetters().stream()
                .map(letter -> new String(letter.key(), StandardCharsets.UTF_8))
                .toList();
    }

    private static InferenceRequest at(String requestId, String uri) {
        return Requests.of(requestId)
                .setTask(Caption.newBuilder().build())
                .setImage(Requests.at(uri))
                .build();
    }

    private static void refused(String requestId, ResultStatus status, String kind, String says) {
        var result = result(requestId);
        assertThat(result.getStatus()).as("%s", result).isEqualTo(status);
        assertThat(result.getOutput()).isNull();
        assertThat(result.getError().getKind()).isEqualTo(kind);
        assertThat(result.getError().getMessage()).contains(says).endsWith(".");
    }

    private static InferenceResult result(String requestId) {
        return path.client.await(requestId, Duration.ofSeconds(90));
    }

    /** A whole PNG whose header claims a size and whose pixels are missing. */
    private static byte[] pngHeader(int width, int height) {
        var header = ByteBuffer.allocate(13)
                .putInt(width)
                .putInt(height)
                .put(new byte[] {8, 2, 0, 0, 0})
                .array();
        return ByteBuffer.allocate(8 + 25 + 12 + 12)
                .put(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'})
                .put(chunk("IHDR", header))
                .put(chunk("IDAT", new byte[0]))
                .put(chunk("IEND", new byte[0]))
                .array();
    }

    private static byte[] chunk(String type, byte[] data) {
        var checked = ByteBuffer.allocate(4 + data.length)
                .put(type.getBytes(StandardCharsets.US_ASCII))
                .put(data)
                .array();
        var crc = new CRC32();
        crc.update(checked);
        return ByteBuffer.allocate(12 + data.length)
                .putInt(data.length)
                .put(checked)
                .putInt((int) crc.getValue())
                .array();
    }
}
