package io.unifluid.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.openai.core.JsonValue;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartImage;
import com.openai.models.chat.completions.ChatCompletionContentPartText;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.images.ImageEditParams;
import com.openai.models.images.ImageGenerateParams;
import com.openai.models.moderations.ModerationCreateParams;
import com.openai.models.moderations.ModerationImageUrlInput;
import com.openai.models.moderations.ModerationModel;
import com.openai.models.moderations.ModerationMultiModalInput;
import io.unifluid.client.TopicWriter;
import io.unifluid.moderation.ModerationRunner;
import io.unifluid.moderation.config.ModerationContext;
import io.unifluid.moderation.file.PolicyFile;
import io.unifluid.moderation.operations.PolicyTopic;
import io.unifluid.schemas.ModelInfo;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.WorkerAnnouncement;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.NodeProgram;
import io.unifluid.testkit.PythonProgram;
import io.unifluid.testkit.SampleArchive;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What OpenAI's own Java client gets, over HTTP, from the whole path with the model that computes nothing. */
final class OpenAiIT {
    private static final String CHAT = "/v1/chat/completions";
    private static final byte[] PNG = SampleArchive.scene(0).bytes();
    private static final String DATA =
            "data:image/png;base64," + Base64.getEncoder().encodeToString(PNG);
    private static final String OPENAI_JAVASCRIPT = "7.57.0";
    private static final String OPENAI_PYTHON = "3.22.1";
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G'};

    @TempDir
    static Path scratch;

    private static final String POLICY = """
            policy: weapons
            onFailure: closed
            questions:
              - name: weapon
                ask: is there a weapon in the image?
                choices: [yes, no]
                bands: [{choice: yes, review: 0.4, labels: [gun]}]
              - name: violence
                ask: is there violence in the image?
                choices: [yes, no]
                bands: [{choice: yes, block: 0.9}]
              - name: for-rules-alone
                ask: how many objects are there?
                choices: [one, two]
            """;

    private static Gateways path;
    private static ModerationRunner moderation;

    @BeforeAll
    static void start() throws Exception {
        path = Gateways.start(scratch, Map.of("unifluid.gateway.max-body", "1048576"));
        PolicyTopic.read(path.cluster()).apply(PolicyFile.read("test", POLICY, "acme"), "tester");
        moderation = new ModerationRunner(ModerationContext.settings(Map.of(
                "bootstrap-servers", path.broker.bootstrapServers(),
                "registry-url", path.registry.url(),
                "state-dir", scratch.resolve("moderation").toString())));
        moderation.start();
        assertThat(moderation.awaitReady(Await.PATIENCE)).isTrue();
    }

    @AfterAll
    static void stop() {
        moderation.close();
        path.close();
    }

    @Test
    void aPictureAloneIsDescribed() {
        var completion = path.openAi(path.acme)
                .chat()
                .completions()
                .create(chat(DATA, "").build());
        assertThat(completion.model()).isEqualTo("noop");
        assertThat(completion.choices()).singleElement().satisfies(choice -> {
            assertThat(choice.message().content()).isPresent();
            assertThat(choice.finishReason().asString()).isEqualTo("stop");
        });
        assertThat(completion.usage()).isPresent();
    }

    @Test
    void aStreamEndsAsOneDoes() {
        var pieces = new ArrayList<String>();
        try (var stream = path.openAi(path.acme)
                .chat()
                .completions()
                .createStreaming(chat(DATA, "What is this?").build())) {
            stream.stream()
                    .forEach(chunk -> chunk.choices()
                            .forEach(choice -> choice.delta().content().ifPresent(pieces::add)));
        }
        var whole = path.openAi(path.acme)
                .chat()
                .completions()
                .create(chat(DATA, "What is this?").build());
        assertThat(String.join("", pieces))
                .isEqualTo(whole.choices().getFirst().message().content().orElseThrow());
    }

    @Test
    void aSchemaWithAnEnumIsAClosedChoiceWithItsScores() {
        var schema = ResponseFormatJsonSchema.JsonSchema.Schema.builder()
                .putAdditionalProperty("type", JsonValue.from("object"))
                .putAdditionalProperty(
                        "properties",
                        JsonValue.from(
                                Map.of("color", Map.of("type", "string", "enum", List.of("red", "blue", "green")))))
                .putAdditionalProperty("required", JsonValue.from(List.of("color")))
                .putAdditionalProperty("additionalProperties", JsonValue.from(false))
                .build();
        var completion = path.openAi(path.acme)
                .chat()
                .completions()
                .create(chat(DATA, "Which color is the background?")
                        .responseFormat(ResponseFormatJsonSchema.builder()
                                .jsonSchema(ResponseFormatJsonSchema.JsonSchema.builder()
                                        .name("answer")
                                        .strict(true)
                                        .schema(schema)
                                        .build())
                                .build())
                        .logprobs(true)
                        .topLogprobs(3)
                        .build());
        var choice = completion.choices().getFirst();
        assertThat(choice.message().content().orElseThrow()).matches("\\{\"color\":\"(red|blue|green)\"}");
        var scored = choice.logprobs().orElseThrow().content().orElseThrow().getFirst();
        assertThat(scored.topLogprobs())
                .extracting(top -> top.token())
                .containsExactlyInAnyOrder("red", "blue", "green");
        assertThat(scored.topLogprobs().stream()
                        .mapToDouble(top -> Math.exp(top.logprob()))
                        .sum())
                .isCloseTo(1.0, within(1e-6));
    }

    @Test
    void anUnknownModelIsSaidAtOnce() {
        assertThatThrownBy(() -> path.openAi(path.acme)
                        .chat()
                        .completions()
                        .create(chat(DATA, "").model("gpt-4o").build()))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("take one of noop");
    }

    @Test
    void aModelThatDoesNotDoItIsSaidAtOnce() throws Exception {
        var reader = WorkerAnnouncement.newBuilder()
                .setWorker("reader-1")
                .setModel(ModelInfo.newBuilder()
                        .setFamily("test")
                        .setName("reader")
                        .setVersion("1")
                        .setDevice("cpu")
                        .build())
                .setTasks(List.of("caption", "vqa"))
                .setStartedAt(Instant.now())
                .setAt(Instant.now())
                .setValidForMillis(600_000)
                .build();
        try (var workers = new TopicWriter<>(path.cluster(), Topics.WORKERS)) {
            workers.send("reader-1", reader);
            Await.until(
                    "it to be known",
                    () -> path.get("/v1/models/reader", path.acme).statusCode() == 200);
            var drawing = "{\"model\": \"reader\", \"prompt\": \"a cat\"}";
            var refused = Gateways.error(path.post("/v1/images/generations", path.acme, drawing), 400);
            assertThat(refused.get("param").asText()).isEqualTo("model");
            assertThat(refused.get("message").asText())
                    .isEqualTo("The model 'reader' does not make pictures: take noop.");
            workers.send("reader-1", null);
        }
        Await.until(
                "it to be gone", () -> path.get("/v1/models/reader", path.acme).statusCode() == 404);
    }

    @Test
    void aPictureThatIsNoneIsTheCallersFault() {
        assertThatThrownBy(() -> path.openAi(path.acme)
                        .chat()
                        .completions()
                        .create(chat("data:image/png;base64,bm90IGEgcGljdHVyZQ==", "")
                                .build()))
                .isInstanceOf(BadRequestException.class)
                .extracting(failure -> ((BadRequestException) failure).code().orElse(""))
                .isEqualTo("bad_input");
    }

    @Test
    void aPictureAtAPrivateAddressIsNotFetched() {
        for (var url : List.of("http://127.0.0.1:1/x.png", "http://169.254.169.254/latest", "http://[::1]/x.png")) {
            assertThatThrownBy(() -> path.openAi(path.acme)
                            .chat()
                            .completions()
                            .create(chat(url, "").build()))
                    .as(url)
                    .isInstanceOf(BadRequestException.class);
        }
    }

    @Test
    @SuppressWarnings("deprecation") // In favour of models that draw as bytes alone; many clients still ask so.
    void picturesAreMadeAsBytesAndAsLinks() throws Exception {
        var client = path.openAi(path.acme).images();
        var made = client.generate(
                ImageGenerateParams.builder().model("noop").prompt("a cat").n(2).build());
        assertThat(made.data().orElseThrow())
                .hasSize(2)
                .allSatisfy(image -> assertThat(
                                Base64.getDecoder().decode(image.b64Json().orElseThrow()))
                        .startsWith(SIGNATURE));

        var linked = client.generate(ImageGenerateParams.builder()
                .prompt("a cat")
                .responseFormat(ImageGenerateParams.ResponseFormat.URL)
                .build());
        var url = linked.data().orElseThrow().getFirst().url().orElseThrow();
        assertThat(fetch(url).statusCode()).isEqualTo(200);
        assertThat(fetch(url).body()).startsWith(SIGNATURE);
        assertThat(fetch(url.replaceFirst("until=\\d", "until=9")).statusCode()).isEqualTo(404);
        assertThat(fetch(url.replaceFirst("pictures/..", "pictures/00")).statusCode())
                .isEqualTo(404);
    }

    @Test
    void aPictureIsChanged() {
        var edited = path.openAi(path.acme)
                .images()
                .edit(ImageEditParams.builder()
                        .image(PNG)
                        .prompt("make it red")
                        .model("noop")
                        .build());
        assertThat(Base64.getDecoder()
                        .decode(edited.data().orElseThrow().getFirst().b64Json().orElseThrow()))
                .startsWith(SIGNATURE);
    }

    /** Each with the parameter that the answer must name. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            temperature                 | , "temperature": 0.7
            tools                       | , "tools": [{"type": "function"}]
            n                           | , "n": 2
            stop                        | , "stop": ["a"]
            response_format.type        | , "response_format": {"type": "json_object"}
            top_logprobs                | , "top_logprobs": 2
            max_tokens                  | , "max_tokens": "many"
            temprature                  | , "temprature": 0
            response_format.json_schema.schema.properties.n.type | , "response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object", "properties": {"n": {"type": "integer"}}}}}
            """)
    void whatCannotBeHonouredIsNamed(String parameter, String more) throws Exception {
        var error = Gateways.error(
                path.post(CHAT, path.acme, body("{\"type\":\"text\",\"text\":\"What is it?\"}", more)), 400);
        assertThat(error.get("param").asText()).isEqualTo(parameter);
        assertThat(error.get("message").asText())
                .contains("'" + parameter + "'")
                .endsWith(".");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            messages                                | {"model": "noop", "messages": []}
            messages                                | {"model": "noop", "messages": [{"role": "system", "content": "x"}, {"role": "user", "content": "y"}]}
            messages[0].role                        | {"model": "noop", "messages": [{"role": "system", "content": "x"}]}
            messages[0].content                     | {"model": "noop", "messages": [{"role": "user", "content": "no picture"}]}
            messages[0].content[0].type             | {"model": "noop", "messages": [{"role": "user", "content": [{"type": "input_audio"}]}]}
            messages[0].content[0].image_url.url    | {"model": "noop", "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}]}]}
            messages[0].content[0].image_url.url    | {"model": "noop", "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,!"}}]}]}
            messages[0].content[0].image_url.detail | {"model": "noop", "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://a.example/b", "detail": "high"}}]}]}
            model                                   | {"messages": []}
            """)
    void whatIsWrongInAMessageIsNamed(String parameter, String body) throws Exception {
        assertThat(Gateways.error(path.post(CHAT, path.acme, body), 400)
                        .get("param")
                        .asText())
                .isEqualTo(parameter);
    }

    @Test
    void jsonThatIsNoneIsTheCallersFault() throws Exception {
        for (var body : List.of("{", "[]", "{\"a\":1,\"a\":2}", "{} {}", "[".repeat(5000), "\"text\"", "{\"a\":}")) {
            assertThat(Gateways.error(path.post(CHAT, path.acme, body), 400)
                            .get("code")
                            .asText())
                    .as(body)
                    .isEqualTo("invalid_json");
        }
    }

    @Test
    void whatAFormCannotHaveIsNamed() throws Exception {
        assertThatThrownBy(() -> path.openAi(path.acme)
                        .images()
                        .edit(ImageEditParams.builder()
                                .image(PNG)
                                .mask(PNG)
                                .prompt("x")
                                .build()))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("'mask'");
        assertThatThrownBy(() -> path.openAi(path.acme)
                        .images()
                        .generate(ImageGenerateParams.builder()
                                .prompt("x")
                                .size("1024x1024")
                                .build()))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("'size'");
    }

    /** The model that computes nothing gives each of two choices 0.5. */
    @Test
    @SuppressWarnings("deprecation") // The client knows OpenAI's own categories; ours are a policy's.
    void picturesAreJudgedByTheTenantsPolicies() {
        var judged = path.openAi(path.acme)
                .moderations()
                .create(moderation(DATA, DATA)
                        .model(ModerationModel.OMNI_MODERATION_LATEST)
                        .build());
        assertThat(judged.model()).isEqualTo("noop");
        assertThat(judged.id()).startsWith("modr-");
        assertThat(judged.results()).hasSize(2).allSatisfy(result -> {
            assertThat(result.flagged()).isTrue();
            assertThat(values(result.categories()._additionalProperties()))
                    .isEqualTo(Map.of("weapon", true, "gun", true));
            assertThat(values(result.categoryScores()._additionalProperties()))
                    .isEqualTo(Map.of("weapon", 0.5, "gun", 0.5));
            assertThat(result.categories().violence())
                    .as("one of OpenAI's own names")
                    .isFalse();
            assertThat(result.categoryScores().violence()).isEqualTo(0.5);
            assertThat(result.categoryAppliedInputTypes()._additionalProperties())
                    .containsOnlyKeys("weapon", "gun");
            assertThat(result.categories().isValid())
                    .as("what nobody asked is not said to be absent")
                    .isFalse();
        });
    }

    @Test
    void whatWasFlaggedIsReviewedByItsTenantAlone() throws Exception {
        var judged =
                path.openAi(path.acme).moderations().create(moderation(DATA).build());
        var at = "/v1/moderations/reviews/" + judged.id();
        assertThat(Gateways.json(path.get("/v1/moderations/reviews", path.acme))
                        .get("data")
                        .findValuesAsText("id"))
                .as("whoever has a verdict finds it in the queue")
                .contains(judged.id());
        var item = Gateways.json(path.get(at, path.acme));
        assertThat(item.get("status").asText()).isEqualTo("open");
        assertThat(item.get("labels").toString()).isEqualTo("[\"gun\"]");
        assertThat(item.get("reasons").get(0).get("text").asText()).isNotEmpty();
        var picture = path.send(
                HttpRequest.newBuilder(URI.create(item.get("image_url").asText())));
        assertThat(picture.statusCode()).as("the picture, small as it is").isEqualTo(200);

        assertThat(Gateways.json(path.get("/v1/moderations/reviews", path.other))
                        .get("data"))
                .isEmpty();
        var good = "{\"decision\": \"approve\", \"by\": \"ann\", \"reason\": \"a toy\", \"revision\": 0}";
        assertThat(Gateways.error(path.post(at, path.other, good), 404)
                        .get("code")
                        .asText())
                .isEqualTo("review_not_found");
        for (var wrong : Map.of(
                        "decision", "{\"decision\": \"allow\", \"by\": \"ann\", \"reason\": \"x\"}",
                        "by", "{\"decision\": \"block\", \"reason\": \"x\"}",
                        "reason", "{\"decision\": \"block\", \"by\": \"ann\", \"reason\": \" \"}",
                        "more", "{\"decision\": \"block\", \"by\": \"ann\", \"reason\": \"x\", \"more\": 1}")
                .entrySet()) {
            assertThat(Gateways.error(path.post(at, path.acme, wrong.getValue()), 400)
                            .get("param")
                            .asText())
                    .isEqualTo(wrong.getKey());
        }
        var decided = path.post(at, path.acme, good);
        assertThat(decided.statusCode()).as(decided.body()).isEqualTo(200);
        assertThat(Gateways.json(decided).get("decision").asText()).isEqualTo("approve");
        assertThat(Gateways.json(decided).get("before").asText()).isEqualTo("review");
        var late = good.replace("approve", "block").replace("ann", "bob");
        assertThat(Gateways.error(path.post(at, path.acme, late), 409)
                        .get("message")
                        .asText())
                .contains("look again");
        var after = Gateways.json(path.get(at, path.acme));
        assertThat(after.get("status").asText()).isEqualTo("decided");
        assertThat(after.at("/last_decision/by").asText()).isEqualTo("ann");
        assertThat(Gateways.json(path.get("/v1/moderations/reviews", path.acme))
                        .get("data")
                        .findValuesAsText("id"))
                .doesNotContain(judged.id());
    }

    @Test
    void theQueueComesInPages() throws Exception {
        var ids = new ArrayList<String>();
        for (int i = 0; i < 3; i++) {
            ids.add(path.openAi(path.acme)
                    .moderations()
                    .create(moderation(DATA).build())
                    .id());
        }
        var before = Gateways.json(path.get("/v1/moderations/reviews?limit=1&after=" + ids.getFirst(), path.acme));
        assertThat(before.get("data").findValuesAsText("id")).containsExactly(ids.get(1));
        assertThat(before.get("has_more").asBoolean()).isTrue();
        var decision = "{\"decision\": \"block\", \"by\": \"ann\", \"reason\": \"a gun\"}";
        assertThat(path.post("/v1/moderations/reviews/" + ids.getFirst(), path.acme, decision)
                        .statusCode())
                .isEqualTo(200);
        var after = Gateways.json(path.get("/v1/moderations/reviews?after=" + ids.getFirst(), path.acme));
        assertThat(after.get("data").findValuesAsText("id"))
                .as("behind one that was decided meanwhile")
                .startsWith(ids.get(1), ids.get(2));
        assertThat(Gateways.error(path.get("/v1/moderations/reviews?after=modr-none", path.acme), 400)
                        .get("param")
                        .asText())
                .isEqualTo("after");
    }

    /** What each of OpenAI's other clients sees on every route, as installed. */
    @Test
    void theJavaScriptClientGetsWhatItAsksFor() throws Exception {
        var folder = clients("openai.mjs");
        var node = new NodeProgram(folder);
        assumeTrue(
                node.installed("openai", OPENAI_JAVASCRIPT),
                "SKIPPED: node and npm with openai " + OPENAI_JAVASCRIPT + " cannot be had here.");
        assertThat(node.said("openai.mjs", address(), path.acme, picture(folder)))
                .contains("done")
                .doesNotContain("FAULT");
    }

    @Test
    void thePythonClientGetsWhatItAsksFor() throws Exception {
        var folder = clients("openai_client.py");
        var python = new PythonProgram(folder);
        assumeTrue(
                python.installed("openai", OPENAI_PYTHON),
                "SKIPPED: Python and pip with openai " + OPENAI_PYTHON + " cannot be had here.");
        assertThat(python.said("openai_client.py", address(), path.acme, picture(folder)))
                .contains("done")
                .doesNotContain("FAULT");
    }

    private static Path clients(String program) throws Exception {
        var folder = Files.createTempDirectory(scratch, "client");
        try (var in = OpenAiIT.class.getResourceAsStream("/clients/" + program)) {
            Files.copy(in, folder.resolve(program));
        }
        return folder;
    }

    private static String picture(Path folder) throws Exception {
        return Files.write(folder.resolve("scene.png"), PNG).toString();
    }

    private static String address() {
        return path.gateway.address().toString();
    }

    @Test
    void aPictureThatCannotBeJudgedIsDecidedByThePolicysOnFailure() throws Exception {
        var result = Gateways.json(
                        path.post(
                                "/v1/moderations",
                                path.acme,
                                "{\"input\": [{\"type\": \"image_url\", \"image_url\": {\"url\": \"data:image/png;base64,AAAA\"}}]}"))
                .at("/results/0");
        assertThat(result.get("flagged").asBoolean()).isTrue();
        assertThat(result.get("categories")).isEmpty();
        assertThat(result.get("category_scores")).isEmpty();
        assertThat(result.at("/unifluid/error_kind").asText()).isEqualTo("BAD_INPUT");
        assertThat(result.at("/unifluid/decision").asText()).isEqualTo("BLOCK");
    }

    @Test
    void whereNoPolicyStandsItIsSaidHowToApplyOne() {
        assertThatThrownBy(() -> path.openAi(path.other)
                        .moderations()
                        .create(moderation(DATA).build()))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("The tenant 'other' has no policy")
                .hasMessageContaining("unifluid policy apply FILE --tenant other");
    }

    /** Each with the parameter that the answer must name. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            input                  | {}
            input                  | {"input": "text"}
            input                  | {"input": ["text"]}
            input                  | {"input": []}
            input                  | {"input": {"type": "image_url"}}
            input[0].type          | {"input": [{"type": "text", "text": "a"}]}
            input[0].type          | {"input": [{"type": "audio"}]}
            input[0].image_url     | {"input": [{"type": "image_url"}]}
            input[0].image_url.url | {"input": [{"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}]}
            input[0].detail        | {"input": [{"type": "image_url", "image_url": {"url": "https://a.example/b"}, "detail": "x"}]}
            threshold              | {"input": [{"type": "image_url", "image_url": {"url": "https://a.example/b"}}], "threshold": 1}
            """)
    void whatIsWrongInAModerationIsNamed(String parameter, String body) throws Exception {
        assertThat(Gateways.error(path.post("/v1/moderations", path.acme, body), 400)
                        .get("param")
                        .asText())
                .isEqualTo(parameter);
    }

    @Test
    void aModelThatNobodyRunsDoesNotJudge() {
        assertThatThrownBy(() -> path.openAi(path.acme)
                        .moderations()
                        .create(moderation(DATA).model("text-moderation-latest").build()))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("take one of noop");
    }

    private static ModerationCreateParams.Builder moderation(String... urls) {
        return ModerationCreateParams.builder()
                .inputOfModerationMultiModalArray(Arrays.stream(urls)
                        .map(url -> ModerationMultiModalInput.ofImageUrl(ModerationImageUrlInput.builder()
                                .imageUrl(ModerationImageUrlInput.ImageUrl.builder()
                                        .url(url)
                                        .build())
                                .build()))
                        .toList());
    }

    private static Map<String, Object> values(Map<String, JsonValue> json) {
        return json.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().convert(Object.class)));
    }

    private static HttpResponse<byte[]> fetch(String url) throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofByteArray());
        }
    }

    private static String body(String text, String more) {
        return "{\"model\": \"noop\", \"messages\": [{\"role\": \"user\", \"content\": [" + text
                + ", {\"type\": \"image_url\", \"image_url\": {\"url\": \"" + DATA + "\"}}]}]" + more + "}";
    }

    private static ChatCompletionCreateParams.Builder chat(String url, String words) {
        var parts = new ArrayList<ChatCompletionContentPart>();
        if (!words.isEmpty()) {
            parts.add(ChatCompletionContentPart.ofText(
                    ChatCompletionContentPartText.builder().text(words).build()));
        }
        parts.add(ChatCompletionContentPart.ofImageUrl(ChatCompletionContentPartImage.builder()
                .imageUrl(ChatCompletionContentPartImage.ImageUrl.builder()
                        .url(url)
                        .build())
                .build()));
        return ChatCompletionCreateParams.builder().model("noop").addUserMessageOfArrayOfContentParts(parts);
    }
}
