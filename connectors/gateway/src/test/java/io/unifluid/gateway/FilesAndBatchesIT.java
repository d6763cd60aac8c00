package io.unifluid.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.core.MultipartField;
import com.openai.errors.NotFoundException;
import com.openai.models.batches.Batch;
import com.openai.models.batches.BatchCreateParams;
import com.openai.models.batches.BatchListParams;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.SampleArchive;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files and batches as OpenAI's own Java client uses them, on the whole path with the model that computes nothing. */
final class FilesAndBatchesIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final byte[] PNG = SampleArchive.scene(0).bytes();
    private static final int UPLOAD = 12 << 20;

    @TempDir
    static Path scratch;

    private static Gateways path;
    private static OpenAIClient acme;
    private static String picture;

    @BeforeAll
    static void start() throws Exception {
        path = Gateways.start(
                scratch,
                Map.of(
                        "unifluid.gateway.max-body",
                        "1048576",
                        "unifluid.gateway.max-upload",
                        Integer.toString(UPLOAD)));
        acme = path.openAi(path.acme);
        picture = upload("scene.png", PNG, FilePurpose.VISION).id();
    }

    @AfterAll
    static void stop() {
        path.close();
    }

    @Test
    void aFileIsKeptUntilItIsDeleted() throws IOException {
        var bytes = new byte[9 << 20];
        new Random(1).nextBytes(bytes);
        var kept = upload("<script>.jsonl", bytes, FilePurpose.BATCH);
        assertThat(kept.bytes()).isEqualTo(bytes.length);
        assertThat(kept.filename()).isEqualTo("<script>.jsonl");
        assertThat(kept.purpose().asString()).isEqualTo("batch");
        assertThat(acme.files().retrieve(kept.id()).createdAt()).isEqualTo(kept.createdAt());
        assertThat(content(kept.id())).isEqualTo(bytes);
        assertThat(acme.files().list().autoPager().stream().map(FileObject::id)).contains(kept.id(), picture);
        assertThat(acme.files().delete(kept.id()).deleted()).isTrue();
        assertThatThrownBy(() -> acme.files().retrieve(kept.id())).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> content(kept.id())).isInstanceOf(NotFoundException.class);
    }

    @Test
    void filesAreListedInPages() {
        var ids = IntStream.range(0, 3)
                .mapToObj(i -> upload("n" + i, "x".getBytes(StandardCharsets.UTF_8), FilePurpose.USER_DATA)
                        .id())
                .toList();
        var listed = acme
                .files()
                .list(com.openai.models.files.FileListParams.builder()
                        .purpose("user_data")
                        .limit(2)
                        .order(com.openai.models.files.FileListParams.Order.ASC)
                        .build())
                .autoPager()
                .stream()
                .map(FileObject::id)
                .toList();
        assertThat(listed).containsExactlyElementsOf(ids);
    }

    @Test
    void anotherTenantsIdsAreNotThere() throws Exception {
        var other = path.openAi(path.other);
        assertThatThrownBy(() -> other.files().retrieve(picture)).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> other.files().delete(picture)).isInstanceOf(NotFoundException.class);
        assertThat(other.files().list().data()).isEmpty();
        assertThatThrownBy(() -> other.chat().completions().create(chat(picture)))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("There is no file");
        var file = upload("lines.jsonl", lines(1, FilesAndBatchesIT::chatLine), FilePurpose.BATCH);
        assertThatThrownBy(() -> other.batches().create(of(file.id(), "/v1/chat/completions")))
                .isInstanceOf(NotFoundException.class);
        var batch = acme.batches().create(of(file.id(), "/v1/chat/completions"));
        assertThatThrownBy(() -> other.batches().retrieve(batch.id())).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> other.batches().cancel(batch.id())).isInstanceOf(NotFoundException.class);
        assertThat(other.batches().list().data()).isEmpty();
        for (var strange : List.of("..%2F..%2Fetc%2Fpasswd", "acme%2F" + picture, "file-")) {
            assertThat(path.get("/v1/files/" + strange, path.acme).statusCode())
                    .as(strange)
                    .isIn(400, 404);
            assertThat(path.get("/v1/batches/" + strange, path.acme).statusCode())
                    .as(strange)
                    .isIn(400, 404);
        }
    }

    @Test
    void aFileIsAPictureOfAQuestion() {
        var completion = acme.chat().completions().create(chat(picture));
        assertThat(completion.choices().getFirst().message().content()).isPresent();
        var lines = upload("lines.jsonl", lines(1, FilesAndBatchesIT::chatLine), FilePurpose.BATCH);
        assertThatThrownBy(() -> acme.chat().completions().create(chat(lines.id())))
                .hasMessageContaining("purpose vision");
    }

    @Test
    void whatIsNoUploadIsRefused() throws Exception {
        assertThat(form(part("purpose", "batch")).get("param").asText()).isEqualTo("file");
        assertThat(form(part("purpose", "assistants"), file("x")).get("param").asText())
                .isEqualTo("purpose");
        assertThat(form(file("x")).get("param").asText()).isEqualTo("purpose");
        assertThat(form(part("purpose", "batch"), file("")).get("code").asText())
                .isEqualTo("empty_file");
        assertThat(form(part("purpose", "batch"), part("colour", "red"), file("x"))
                        .get("param")
                        .asText())
                .isEqualTo("colour");
        assertThat(form(
                                part("purpose", "batch"),
                                part("expires_after[anchor]", "created_at"),
                                part("expires_after[seconds]", "1"),
                                file("x"))
                        .get("param")
                        .asText())
                .isEqualTo("expires_after.seconds");
        var none = path.send(path.to("/v1/files", path.acme)
                .header("content-type", "multipart/form-data; boundary=b")
                .POST(HttpRequest.BodyPublishers.ofString("no form")));
        assertThat(none.statusCode()).isEqualTo(400);
        try (var small =
                path.another(Map.of("unifluid.gateway.max-body", "65536", "unifluid.gateway.max-upload", "1048576"))) {
            var large = path.send(HttpRequest.newBuilder(small.address().resolve("/v1/files"))
                    .header("authorization", "Bearer " + path.acme)
                    .header("content-type", "multipart/form-data; boundary=b")
                    .POST(HttpRequest.BodyPublishers.ofString(file("x".repeat(1 << 20)) + "--b--\r\n")));
            assertThat(large.statusCode()).isEqualTo(413);
        }
    }

    @Test
    void aBatchAnswersEachLineAsItsPathWould() throws Exception {
        IntFunction<String> some = i -> switch (i) {
            case 3 -> line(i, "/v1/chat/completions", "{\"model\":\"noop\",\"temperature\":0.5,\"messages\":[]}");
            case 5 ->
                line(
                        i,
                        "/v1/chat/completions",
                        "{\"model\":\"noop\",\"messages\":[{\"role\":\"user\",\"content\":"
                                + "[{\"type\":\"file\",\"file\":{\"file_id\":\"file-gone\"}}]}]}");
            default -> chatLine(i);
        };
        var input = upload("lines.jsonl", lines(40, some), FilePurpose.BATCH);
        var begun = acme.batches()
                .create(BatchCreateParams.builder()
                        .inputFileId(input.id())
                        .endpoint(BatchCreateParams.Endpoint.V1_CHAT_COMPLETIONS)
                        .completionWindow(BatchCreateParams.CompletionWindow._24H)
                        .metadata(BatchCreateParams.Metadata.builder()
                                .putAdditionalProperty("job", com.openai.core.JsonValue.from("night"))
                                .build())
                        .build());
        assertThat(begun.status()).isEqualTo(Batch.Status.VALIDATING);
        assertThat(begun.expiresAt().orElseThrow() - begun.createdAt()).isEqualTo(86_400);
        var ended = ended(begun.id());
        assertThat(ended.status()).isEqualTo(Batch.Status.COMPLETED);
        assertThat(Gateways.json(path.get("/v1/batches/" + begun.id(), path.acme))
                        .get("metadata")
                        .get("job")
                        .asText())
                .isEqualTo("night");
        assertThat(ended.inProgressAt().orElseThrow()).isGreaterThanOrEqualTo(begun.createdAt());
        assertThat(ended.finalizingAt()).isPresent();
        assertThat(ended.completedAt()).isPresent();
        var counts = ended.requestCounts().orElseThrow();
        assertThat(List.of(counts.total(), counts.completed(), counts.failed())).containsExactly(40L, 38L, 2L);
        var output = jsonLines(ended.outputFileId().orElseThrow());
        assertThat(output).hasSize(38).first().satisfies(line -> {
            assertThat(line.get("custom_id").asText()).isEqualTo("line-0");
            assertThat(line.get("response").get("status_code").asInt()).isEqualTo(200);
            assertThat(line.get("response")
                            .get("body")
                            .get("choices")
                            .get(0)
                            .get("message")
                            .get("content")
                            .asText())
                    .isNotEmpty();
            assertThat(line.get("error").isNull()).isTrue();
        });
        var errors = jsonLines(ended.errorFileId().orElseThrow());
        assertThat(errors).extracting(line -> line.get("custom_id").asText()).containsExactly("line-3", "line-5");
        var direct = path.post(
                "/v1/chat/completions", path.acme, "{\"model\":\"noop\",\"temperature\":0.5,\"messages\":[]}");
        assertThat(errors.getFirst().get("response").get("body")).isEqualTo(Gateways.json(direct));
        assertThat(errors.getFirst().get("response").get("status_code").asInt()).isEqualTo(direct.statusCode());
        assertThat(errors.getLast().get("response").get("status_code").asInt()).isEqualTo(404);
        assertThat(acme.files()
                        .retrieve(ended.outputFileId().orElseThrow())
                        .purpose()
                        .asString())
                .isEqualTo("batch_output");
        assertThatThrownBy(() -> acme.batches().cancel(begun.id())).hasMessageContaining("completed");
    }

    @Test
    void picturesAreMadeAndChangedInBatches() throws Exception {
        var made = run(
                "/v1/images/generations",
                3,
                i -> line(i, "/v1/images/generations", "{\"model\":\"noop\",\"prompt\":\"a fox " + i + "\"}"));
        assertThat(jsonLines(made.outputFileId().orElseThrow()))
                .hasSize(3)
                .allSatisfy(line -> assertThat(line.get("response")
                                .get("body")
                                .get("data")
                                .get(0)
                                .get("b64_json")
                                .asText())
                        .startsWith("iVBOR"));
        var changed = run(
                "/v1/images/edits",
                2,
                i -> line(
                        i,
                        "/v1/images/edits",
                        i == 0
                                ? "{\"prompt\":\"red\",\"images\":[{\"file_id\":\"" + picture + "\"}]}"
                                : "{\"prompt\":\"red\",\"response_format\":\"url\",\"images\":[{\"file_id\":\""
                                        + picture + "\"}]}"));
        assertThat(jsonLines(changed.outputFileId().orElseThrow())).hasSize(1);
        assertThat(jsonLines(changed.errorFileId().orElseThrow()).getFirst().toString())
                .contains("response_format");
    }

    @Test
    void aFileThatCannotBeRunSaysWhichLineIsWrong() throws Exception {
        refused(lines(20, i -> i == 16 ? "{\"custom_id\": \"broken" : chatLine(i)), "invalid_json_line", 17L);
        refused(lines(20, i -> i == 11 ? chatLine(4) : chatLine(i)), "duplicate_custom_id", 12L);
        refused(
                lines(3, i -> i == 1 ? line(i, "/v1/images/generations", "{\"prompt\":\"x\"}") : chatLine(i)),
                "invalid_url",
                2L);
        refused(lines(2, i -> chatLine(i).replace("noop", "gpt-4o")), "model_not_found", 1L);
        refused(lines(2, i -> chatLine(i).replace("POST", "GET")), "invalid_method", 1L);
        refused(
                lines(1, i -> "{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\"}"),
                "missing_required_parameter",
                1L);
        refused("\n \n".getBytes(StandardCharsets.UTF_8), "empty_file", null);
        refused(lines(50_001, i -> "{}"), "too_many_lines", null);
        assertThatThrownBy(() -> acme.batches().create(of(picture, "/v1/chat/completions")))
                .hasMessageContaining("purpose batch");
        assertThatThrownBy(() -> acme.batches().create(of("file-none", "/v1/chat/completions")))
                .isInstanceOf(NotFoundException.class);
        var sound = upload("lines.jsonl", lines(1, FilesAndBatchesIT::chatLine), FilePurpose.BATCH);
        assertThatThrownBy(() -> acme.batches().create(of(sound.id(), "/v1/moderations")))
                .hasMessageContaining("'endpoint'");
        var window = path.post(
                "/v1/batches",
                path.acme,
                "{\"input_file_id\":\"" + sound.id()
                        + "\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"1h\"}");
        assertThat(Gateways.error(window, 400).get("param").asText()).isEqualTo("completion_window");
    }

    @Test
    void aCancelledBatchKeepsWhatThereIs() throws Exception {
        int count = 3000;
        var input = upload("many.jsonl", lines(count, FilesAndBatchesIT::chatLine), FilePurpose.BATCH);
        var begun = acme.batches().create(of(input.id(), "/v1/chat/completions"));
        Await.until(
                "answers",
                () -> acme.batches()
                                .retrieve(begun.id())
                                .requestCounts()
                                .orElseThrow()
                                .completed()
                        > 0);
        assertThat(acme.batches().cancel(begun.id()).status().asString()).isIn("cancelling", "completed");
        var ended = ended(begun.id());
        assertThat(ended.status().asString()).isIn("cancelled", "completed");
        everyLineOnce(ended, count);
        assertThat(ended.outputFileId()).isPresent();
    }

    @Test
    void whatIsNotAnsweredInTimeExpires() throws Exception {
        try (var hasty = path.another(Map.of("unifluid.gateway.batch-window", "1ms"))) {
            var client = path.openAi(hasty, path.acme);
            var input = upload("late.jsonl", lines(5, FilesAndBatchesIT::chatLine), FilePurpose.BATCH);
            var begun = client.batches().create(of(input.id(), "/v1/chat/completions"));
            var ended = ended(begun.id());
            assertThat(ended.status()).isEqualTo(Batch.Status.EXPIRED);
            assertThat(ended.expiredAt()).isPresent();
            assertThat(jsonLines(ended.errorFileId().orElseThrow()))
                    .hasSize(5)
                    .allSatisfy(line ->
                            assertThat(line.get("error").get("code").asText()).isEqualTo("batch_expired"));
            assertThat(ended.outputFileId()).isEmpty();
        }
    }

    @Test
    void batchesAreListedNewestFirst() {
        var input = upload("list.jsonl", lines(1, FilesAndBatchesIT::chatLine), FilePurpose.BATCH);
        var ids = IntStream.range(0, 3)
                .mapToObj(i -> acme.batches()
                        .create(of(input.id(), "/v1/chat/completions"))
                        .id())
                .collect(Collectors.toCollection(ArrayList::new));
        var listed = acme.batches().list(BatchListParams.builder().limit(2).build()).autoPager().stream()
                .map(Batch::id)
                .filter(ids::contains)
                .toList();
        assertThat(listed).containsExactlyElementsOf(ids.reversed());
        ids.forEach(FilesAndBatchesIT::ended);
    }

    /** Its process is ended as by kill -9, in the middle of what it has to do. */
    @Test
    void whatAKilledGatewayLeftIsDoneByAnotherOnceEach() throws Exception {
        int count = 1500;
        try (var other = KilledGateway.start(path, scratch)) {
            var begun = new ArrayList<String>();
            var input = upload("kill.jsonl", lines(count, FilesAndBatchesIT::chatLine), FilePurpose.BATCH);
            // Until one of them is the other one's.
            while (begun.stream().noneMatch(other::owns)) {
                begun.add(acme.batches()
                        .create(of(input.id(), "/v1/chat/completions"))
                        .id());
            }
            var its = begun.getLast();
            Await.until(
                    "answers",
                    () -> acme.batches()
                                    .retrieve(its)
                                    .requestCounts()
                                    .orElseThrow()
                                    .completed()
                            > 0);
            other.kill();
            assertThat(acme.batches().retrieve(its).status()).isEqualTo(Batch.Status.IN_PROGRESS);
            for (var id : begun) {
                var ended = ended(id);
                assertThat(ended.status()).isEqualTo(Batch.Status.COMPLETED);
                assertThat(ended.requestCounts().orElseThrow().completed()).isEqualTo(count);
                everyLineOnce(ended, count);
            }
        }
    }

    private static void refused(byte[] lines, String code, Long line) {
        var input = upload("wrong.jsonl", lines, FilePurpose.BATCH);
        var ended = ended(
                acme.batches().create(of(input.id(), "/v1/chat/completions")).id());
        assertThat(ended.status()).as(code).isEqualTo(Batch.Status.FAILED);
        assertThat(ended.failedAt()).isPresent();
        var error = ended.errors().orElseThrow().data().orElseThrow().getFirst();
        assertThat(error.code()).contains(code);
        assertThat(error.line().orElse(null)).isEqualTo(line);
        assertThat(error.message().orElseThrow()).endsWith(".");
    }

    private static Batch run(String endpoint, int count, IntFunction<String> line) {
        var input = upload("lines.jsonl", lines(count, line), FilePurpose.BATCH);
        return ended(acme.batches().create(of(input.id(), endpoint)).id());
    }

    private static Batch ended(String id) {
        var last = new Batch[1];
        Await.until("the batch to end", () -> {
            last[0] = acme.batches().retrieve(id);
            return switch (last[0].status().asString()) {
                case "completed", "failed", "expired", "cancelled" -> true;
                default -> false;
            };
        });
        return last[0];
    }

    private static void everyLineOnce(Batch ended, int count) throws IOException {
        var all = new ArrayList<JsonNode>();
        for (var file : List.of(ended.outputFileId(), ended.errorFileId())) {
            if (file.isPresent()) {
                all.addAll(jsonLines(file.get()));
            }
        }
        var ids = all.stream().map(line -> line.get("custom_id").asText()).toList();
        assertThat(ids).hasSize(count);
        assertThat(new HashSet<>(ids)).hasSize(count);
    }

    private static List<JsonNode> jsonLines(String file) throws IOException {
        var all = new ArrayList<JsonNode>();
        for (var line : new String(content(file), StandardCharsets.UTF_8).split("\n")) {
            all.add(JSON.readTree(line));
        }
        return all;
    }

    private static byte[] content(String id) throws IOException {
        try (var response = acme.files().content(id)) {
            return response.body().readAllBytes();
        }
    }

    private static FileObject upload(String name, byte[] bytes, FilePurpose purpose) {
        return acme.files()
                .create(FileCreateParams.builder()
                        .file(MultipartField.<InputStream>builder()
                                .value(new ByteArrayInputStream(bytes))
                                .filename(name)
                                .contentType("application/octet-stream")
                                .build())
                        .purpose(purpose)
                        .build());
    }

    private static BatchCreateParams of(String file, String endpoint) {
        return BatchCreateParams.builder()
                .inputFileId(file)
                .endpoint(BatchCreateParams.Endpoint.of(endpoint))
                .completionWindow(BatchCreateParams.CompletionWindow._24H)
                .build();
    }

    private static ChatCompletionCreateParams chat(String file) {
        return ChatCompletionCreateParams.builder()
                .model("noop")
                .addUserMessageOfArrayOfContentParts(
                        List.of(ChatCompletionContentPart.ofFile(ChatCompletionContentPart.File.builder()
                                .file(ChatCompletionContentPart.File.FileObject.builder()
                                        .fileId(file)
                                        .build())
                                .build())))
                .build();
    }

    private static byte[] lines(int count, IntFunction<String> line) {
        return IntStream.range(0, count)
                .mapToObj(line)
                .collect(Collectors.joining("\n", "", "\n"))
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String chatLine(int i) {
        return line(
                i,
                "/v1/chat/completions",
                "{\"model\":\"noop\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"What is "
                        + i + "?\"},{\"type\":\"file\",\"file\":{\"file_id\":\"" + picture + "\"}}]}]}");
    }

    private static String line(int i, String url, String body) {
        return "{\"custom_id\":\"line-" + i + "\",\"method\":\"POST\",\"url\":\"" + url + "\",\"body\":" + body + "}";
    }

    private static String part(String name, String value) {
        return "--b\r\ncontent-disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    }

    private static String file(String content) {
        return "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"f\"\r\n"
                + "content-type: application/octet-stream\r\n\r\n" + content + "\r\n";
    }

    private static JsonNode form(String... parts) throws Exception {
        var response = path.send(path.to("/v1/files", path.acme)
                .header("content-type", "multipart/form-data; boundary=b")
                .POST(HttpRequest.BodyPublishers.ofString(String.join("", parts) + "--b--\r\n")));
        return Gateways.error(response, 400);
    }
}
