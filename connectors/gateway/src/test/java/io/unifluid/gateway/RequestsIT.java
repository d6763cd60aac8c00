package io.unifluid.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartImage;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Topics;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.SampleArchive;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntPredicate;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The native paths over HTTP, at one gateway and at several, on a real broker and the whole path behind it. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class RequestsIT {
    private static final byte[] PNG = SampleArchive.scene(0).bytes();
    private static final String DATA =
            "data:image/png;base64," + Base64.getEncoder().encodeToString(PNG);
    private static final String CAPTION = "{\"task\": \"caption\", \"image\": \"" + DATA + "\"}";
    /** Waits in its lane for others, for longer than any test takes. */
    private static final String HELD =
            "{\"task\": \"caption\", \"priority\": \"bulk\", \"reuse\": false, \"image\": \"" + DATA + "\"}";

    @TempDir
    static Path scratch;

    private static Gateways path;
    private static GatewayRunner second;

    @BeforeAll
    static void start() throws Exception {
        path = Gateways.start(
                scratch,
                Map.of(
                        "unifluid.gateway.kafka.producer.max.block.ms", "2000",
                        "unifluid.gateway.kafka.producer.request.timeout.ms", "1000",
                        "unifluid.gateway.kafka.producer.delivery.timeout.ms", "2000",
                        "unifluid.gateway.link-secret", "shared"),
                Map.of("lanes.understand-bulk.max-wait", "1h"));
        second = path.another(Map.of("unifluid.gateway.link-secret", "shared"));
        ready(path.gateway);
        ready(second);
    }

    @AfterAll
    static void stop() {
        second.close();
        path.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            caption  | , "max_tokens": 10                                                | /output/caption
            ask      | , "question": "Is it red?", "choices": ["yes", "no"]              | /output/answers/0/scores/yes
            ask      | , "questions": [{"text": "What is it?"}, {"text": "Where is it?"}] | /output/answers/1/answer
            generate | , "prompt": "a cat", "count": 2                                   | /output/images/1/url
            edit     | , "instruction": "make it red"                                    | /output/images/0/url
            """)
    void eachTaskIsAnswered(String task, String more, String answer) throws Exception {
        var image = task.equals("generate") ? "" : ", \"image\": \"" + DATA + "\"";
        var response = path.post(
                "/requests?wait=60s",
                path.acme,
                "{\"task\": \"" + task + "\", \"labels\": {\"mine\": \"1\"}" + image + more + "}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        var node = Gateways.json(response);
        assertThat(node.get("status").asText()).as(response.body()).isEqualTo("succeeded");
        assertThat(node.at(answer).isMissingNode()).as(response.body()).isFalse();
        assertThat(node.at("/labels/mine").asText()).isEqualTo("1");
        assertThat(node.at("/timings_ms/inference").isNumber()).isTrue();
        assertThat(response.headers().firstValue("location"))
                .contains("/requests/" + node.get("id").asText());
        if (answer.endsWith("url")) {
            var picture =
                    path.send(HttpRequest.newBuilder(URI.create(node.at(answer).asText())));
            assertThat(picture.statusCode()).isEqualTo(200);
            assertThat(picture.headers().firstValue("content-type")).contains("image/png");
        }
    }

    @Test
    void aPictureComesAsAFormToo() throws Exception {
        var flat = form(Map.of("task", "caption", "max_tokens", "10"));
        assertThat(Gateways.json(flat).get("status").asText()).as(flat.body()).isEqualTo("succeeded");
        var json = form(Map.of("request", "{\"task\": \"ask\", \"question\": \"What is it?\"}"));
        assertThat(Gateways.json(json).at("/output/answers/0/answer").isTextual())
                .as(json.body())
                .isTrue();
        var both = form(Map.of("request", "{\"task\": \"caption\"}", "max_tokens", "10"));
        assertThat(Gateways.error(both, 400).get("param").asText()).isEqualTo("max_tokens");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            task        | {"image": "x"}
            task        | {"task": "moderate"}
            image       | {"task": "caption"}
            image       | {"task": "caption", "image": "file:///etc/passwd"}
            image       | {"task": "generate", "prompt": "a", "image": "https://a.example/b"}
            question    | {"task": "ask", "image": "https://a.example/b"}
            prompt      | {"task": "generate"}
            priority    | {"task": "generate", "prompt": "a", "priority": "high"}
            labels      | {"task": "generate", "prompt": "a", "labels": {"a": 1}}
            within_seconds | {"task": "generate", "prompt": "a", "within_seconds": 0}
            tenant      | {"task": "generate", "prompt": "a", "tenant": "other"}
            """)
    void whatIsWrongIsNamed(String parameter, String body) throws Exception {
        assertThat(Gateways.error(path.post("/requests", path.acme, body), 400)
                        .get("param")
                        .asText())
                .isEqualTo(parameter);
    }

    @Test
    void whatAdmissionRefusesIsTheRequestsEnd() throws Exception {
        var node = Gateways.json(path.post(
                "/requests?wait=60s",
                path.acme,
                "{\"task\": \"generate\", \"prompt\": \"" + "a ".repeat(20_000) + "\"}"));
        assertThat(node.get("status").asText()).isEqualTo("rejected");
        assertThat(node.at("/error/kind").asText()).isEqualTo("BAD_PROMPT");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "..%2F..%2Fmetrics",
                "%2e%2e%2fhealth",
                "a%20b",
                "a%00b",
                "%3Cscript%3E",
                "nothing",
                "r0000000000000000-a"
            })
    void whatNeverWasIsNotFound(String id) throws Exception {
        for (var below : List.of("", "/events", "?wait=1s")) {
            assertThat(Gateways.error(path.get("/requests/" + id + below, path.acme), 404)
                            .get("code")
                            .asText())
                    .isEqualTo("not_found");
        }
        assertThat(path.send(path.to("/requests/" + id, path.acme).DELETE()).statusCode())
                .isEqualTo(404);
        assertThat(path.post("/requests/" + id + "/cancel", path.acme, "").statusCode())
                .isEqualTo(404);
    }

    @Test
    void aTenantWithAsManyUnderWayAsItMayHaveIsRefusedUntilOneEnds() throws Exception {
        var held = Gateways.json(path.post("/requests", path.other, HELD))
                .get("id")
                .asText();
        var over = path.post("/requests", path.other, HELD);
        assertThat(Gateways.error(over, 429).get("message").asText()).contains("1 requests under way");
        assertThat(over.headers().firstValue("retry-after").orElseThrow()).matches("[1-9]\\d?");
        assertThat(path.post("/requests/" + held + "/cancel", path.other, "").statusCode())
                .isEqualTo(202);
        Await.until(
                "room for another",
                () -> path.post("/requests?wait=60s", path.other, CAPTION).statusCode() == 200);
    }

    @Test
    void anotherTenantsRequestsAreNotFound() throws Exception {
        var ended = submit(CAPTION, "?wait=60s");
        var held = submit(HELD, "");
        for (var id : List.of(ended, held)) {
            assertThat(path.get("/requests/" + id, path.acme).statusCode()).isEqualTo(200);
            assertThat(path.get("/requests/" + id, path.other).statusCode()).isEqualTo(404);
            assertThat(path.get("/requests/" + id + "/events", path.other).statusCode())
                    .isEqualTo(404);
            assertThat(path.send(path.to("/requests/" + id, path.other).DELETE())
                            .statusCode())
                    .isEqualTo(404);
        }
        cancel(held);
    }

    @Test
    void aWaitEndsWithTheRequestOrWithItsTime() throws Exception {
        var held = submit(HELD, "");
        assertThat(status(path.get("/requests/" + held + "?wait=100ms", path.acme)))
                .isEqualTo("submitted");
        assertThat(Gateways.error(path.get("/requests/" + held + "?wait=soon", path.acme), 400)
                        .get("param")
                        .asText())
                .isEqualTo("wait");
        var waiting = Thread.ofVirtual().start(() -> cancel(held));
        assertThat(status(path.get("/requests/" + held + "?wait=60", path.acme)))
                .isEqualTo("cancelled");
        waiting.join();
    }

    @Test
    void aPictureIsSeenAgainAndItsRequestSentAgainByItsTenantAlone() throws Exception {
        var id = submit(
                "{\"task\": \"caption\", \"labels\": {\"mine\": \"2\"}, \"image\": \"" + DATA + "\"}", "?wait=60s");
        var picture = path.get("/requests/" + id + "/picture", path.acme);
        assertThat(picture.statusCode()).isEqualTo(200);
        assertThat(picture.headers().firstValue("content-type")).contains("application/octet-stream");
        assertThat(picture.headers().firstValue("content-security-policy"))
                .hasValueSatisfying(policy -> assertThat(policy).contains("sandbox"));
        var again = path.post("/requests/" + id + "/again?wait=60s", path.acme, "");
        assertThat(again.statusCode()).as(again.body()).isEqualTo(200);
        var node = Gateways.json(again);
        assertThat(node.get("id").asText()).isNotEqualTo(id);
        assertThat(node.get("status").asText()).isEqualTo("succeeded");
        assertThat(node.at("/labels/mine").asText()).isEqualTo("2");

        var drawn = submit("{\"task\": \"generate\", \"prompt\": \"a cat\"}", "?wait=60s");
        for (var each : List.of(id, drawn, "none", "..%2F..%2Fetc")) {
            var key = each.equals(id) ? path.other : path.acme;
            assertThat(Gateways.error(path.get("/requests/" + each + "/picture", key), 404)
                            .get("code")
                            .asText())
                    .as(each)
                    .isEqualTo("not_remembered");
        }
        assertThat(Gateways.error(path.post("/requests/" + id + "/again", path.other, ""), 404)
                        .get("code")
                        .asText())
                .isEqualTo("not_remembered");
    }

    @Test
    void aCancelledRequestEndsAndOneThatEndedCannotBeCancelled() throws Exception {
        var held = submit(HELD, "");
        var asked = path.send(path.to("/requests/" + held, path.acme).DELETE());
        assertThat(asked.statusCode()).isEqualTo(202);
        assertThat(Gateways.json(asked).get("cancel_requested").asBoolean()).isTrue();
        assertThat(status(path.get("/requests/" + held + "?wait=60s", path.acme)))
                .isEqualTo("cancelled");
        assertThat(Gateways.error(path.post("/requests/" + held + "/cancel", path.acme, ""), 409)
                        .get("message")
                        .asText())
                .contains("has ended as cancelled");
    }

    @Test
    void everyGatewayKnowsWhatAnyTook() throws Exception {
        var held = submit(HELD, "");
        var there = at(second, "/requests/" + held, path.acme);
        assertThat(path.send(there).statusCode()).isEqualTo(200);
        assertThat(path.send(at(second, "/requests/" + held, path.other)).statusCode())
                .isEqualTo(404);
        var almost = held.substring(0, held.length() - 1) + (held.endsWith("0") ? "1" : "0");
        assertThat(path.send(at(second, "/requests/" + almost, path.acme)).statusCode())
                .isEqualTo(404);
        try (var events = new Events(at(second, "/requests/" + held + "/events", path.acme))) {
            assertThat(events.next().get("status").asText()).isEqualTo("submitted");
            assertThat(path.send(at(second, "/requests/" + held, path.acme).DELETE())
                            .statusCode())
                    .isEqualTo(202);
            assertThat(events.last().get("status").asText()).isEqualTo("cancelled");
        }
        assertThat(status(path.get("/requests/" + held + "?wait=60s", path.acme)))
                .isEqualTo("cancelled");
    }

    @Test
    void ofWhichNothingWasSaidForTooLongIsNotFound() throws Exception {
        try (var forgetful = path.another(Map.of("unifluid.gateway.requests-kept", "5s"))) {
            ready(forgetful);
            var held = submit(HELD, "");
            assertThat(status(path.send(at(forgetful, "/requests/" + held, path.acme))))
                    .isEqualTo("submitted");
            Await.until(
                    "it to be forgotten",
                    () -> path.send(at(forgetful, "/requests/" + held, path.acme))
                                    .statusCode()
                            == 404);
            assertThat(status(path.get("/requests/" + held, path.acme))).isEqualTo("submitted");
            cancel(held);
        }
    }

    @Test
    void oneRequestIsFollowedToItsEnd() throws Exception {
        var id = submit(CAPTION, "");
        try (var events = new Events(path.to("/requests/" + id + "/events", path.acme))) {
            assertThat(events.last().at("/output/caption").isTextual()).isTrue();
        }
        var again = path.send(path.to("/requests/" + id + "/events", path.acme).header("last-event-id", "end"));
        assertThat(again.statusCode()).isEqualTo(204);
    }

    @Test
    void aTenantFollowsItsOwnRequestsAndNoOthers() throws Exception {
        try (var mine = new Events(path.to("/events", path.acme));
                var others = new Events(path.to("/events", path.other))) {
            assertThat(mine.name()).isEqualTo("open");
            assertThat(others.name()).isEqualTo("open");
            var id = submit(CAPTION, "?wait=60s");
            while (true) {
                var said = mine.next();
                if (said.get("id").asText().equals(id) && said.has("completed_at")) {
                    break;
                }
            }
            var foreign = path.post("/requests?wait=60s", path.other, CAPTION);
            assertThat(others.next().get("id").asText())
                    .isEqualTo(Gateways.json(foreign).get("id").asText());
        }
    }

    @Test
    void whoReadsTooSlowlyIsToldWhatItMissed() throws Exception {
        int many = 16_000;
        try (var socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(
                    new InetSocketAddress("127.0.0.1", path.gateway.address().getPort()));
            socket.setSoTimeout((int) Await.PATIENCE.toMillis());
            socket.getOutputStream()
                    .write(("GET /events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer " + path.acme + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            var reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            while (!reader.readLine().startsWith("event: open")) {
                // the headers
            }
            results("slow-", many);
            Await.until(
                    "all to be known",
                    () -> path.get("/requests/slow-" + (many - 1), path.acme).statusCode() == 200);
            int seen = 0;
            int missed = 0;
            while (seen + missed < many) { // each is told, or counted among the missed
                var line = reader.readLine();
                seen += line.startsWith("event: request") ? 1 : 0;
                if (line.startsWith("event: missed")) {
                    var told = reader.readLine();
                    assertThat(told).matches("data: \\{\"requests\":\\d+}");
                    missed += Integer.parseInt(told.replaceAll("\\D", ""));
                }
            }
            assertThat(missed).isPositive();
        }
    }

    @Test
    void theSameKeyAndBodyIsOneRequest() throws Exception {
        var first = keyed(path.gateway, "key-1", CAPTION);
        assertThat(first.statusCode()).as(first.body()).isEqualTo(202);
        var id = Gateways.json(first).get("id").asText();
        path.get("/requests/" + id + "?wait=60s", path.acme);
        var spaced = CAPTION.replace("\": ", "\" :   ");
        for (var gateway : List.of(path.gateway, second)) {
            var again = keyed(gateway, "key-1", spaced);
            assertThat(again.statusCode()).as(again.body()).isEqualTo(200);
            assertThat(Gateways.json(again).get("id").asText()).isEqualTo(id);
            assertThat(again.headers().firstValue("idempotency-replayed")).contains("true");
            var other = keyed(gateway, "key-1", CAPTION.replace("}", ", \"max_tokens\": 5}"));
            assertThat(Gateways.error(other, 422).get("code").asText()).isEqualTo("idempotency_key_reused");
        }
        var elsewhere = keyed(path.gateway, "/v1/chat/completions", path.acme, "key-1", chat());
        assertThat(elsewhere.statusCode()).isEqualTo(422);
        var others = keyed(path.gateway, "/requests", path.other, "key-1", CAPTION);
        assertThat(Gateways.json(others).get("id").asText()).isNotEqualTo(id);
        assertThat(keyed(path.gateway, "a".repeat(256), CAPTION).statusCode()).isEqualTo(400);
    }

    @Test
    void ofManyAtOnceWithOneKeyOneBodyWins() throws Exception {
        var answers = new LinkedBlockingQueue<HttpResponse<String>>();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 12; i++) {
            var body = "{\"task\": \"generate\", \"prompt\": \"" + (i % 3) + "\"}";
            var gateway = i % 2 == 0 ? path.gateway : second;
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    answers.add(keyed(gateway, "racing", body));
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        for (var thread : threads) {
            thread.join();
        }
        assertThat(answers.stream().filter(answer -> answer.statusCode() == 422))
                .hasSize(8);
        assertThat(answers.stream().filter(answer -> answer.statusCode() < 300))
                .hasSize(4)
                .map(answer -> Gateways.json(answer).get("id").asText())
                .containsOnly(Gateways.json(keyedWinner(answers)).get("id").asText());
    }

    private static HttpResponse<String> keyedWinner(BlockingQueue<HttpResponse<String>> answers) {
        return answers.stream()
                .filter(answer -> answer.statusCode() < 300)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void openAisClientsGetTheSameAnswerForTheSameKey() throws Exception {
        var client = path.openAi(path.acme);
        var asked = ChatCompletionCreateParams.builder()
                .model("noop")
                .addUserMessageOfArrayOfContentParts(
                        List.of(ChatCompletionContentPart.ofImageUrl(ChatCompletionContentPartImage.builder()
                                .imageUrl(ChatCompletionContentPartImage.ImageUrl.builder()
                                        .url(DATA)
                                        .build())
                                .build())))
                .putAdditionalHeader("Idempotency-Key", "chat-1")
                .build();
        var first = client.chat().completions().create(asked);
        assertThat(client.chat().completions().create(asked).id()).isEqualTo(first.id());
        var edited = "a form's parts have another boundary each time";
        assertThat(editedUnder("form-1", edited)).isEqualTo(200);
        assertThat(editedUnder("form-1", edited)).isEqualTo(200);
        assertThat(editedUnder("form-1", "another body")).isEqualTo(422);
    }

    @Test
    void whereResultsNeverCeaseAGatewayStillGetsReady() throws Exception {
        var enough = new CountDownLatch(1);
        var sending = Thread.ofVirtual().start(() -> results("ceaseless-", _ -> !ended(enough, 2)));
        try (var gateway = path.another(Map.of())) {
            ready(gateway);
            assertThat(path.send(at(gateway, "/requests/never-was", path.acme)).statusCode())
                    .isEqualTo(404);
        } finally {
            enough.countDown();
            sending.join();
        }
    }

    private static boolean ended(CountDownLatch latch, int waitMillis) {
        try {
            return latch.await(waitMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @Order(Integer.MAX_VALUE - 2)
    void keysAndRequestsOutliveTheGatewayAndItsFolder() throws Exception {
        var folder = scratch.resolve("restarted").toString();
        var held = HELD;
        String id;
        String withoutKey;
        try (var gateway = path.another(Map.of("unifluid.gateway.state-dir", folder))) {
            ready(gateway);
            id = keptFor(gateway, held);
            var taken = path.send(at(gateway, "/requests", path.acme)
                    .header("content-type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(held)));
            withoutKey = idOf(taken);
        }
        for (var again : List.of(folder, scratch.resolve("lost").toString())) {
            try (var gateway = path.another(Map.of("unifluid.gateway.state-dir", again))) {
                ready(gateway);
                assertThat(keptFor(gateway, held)).isEqualTo(id);
                assertThat(keyed(gateway, "kept", CAPTION).statusCode()).isEqualTo(422);
                for (var each : List.of(id, withoutKey)) {
                    assertThat(status(path.send(at(gateway, "/requests/" + each, path.acme))))
                            .isEqualTo("submitted");
                }
            }
        }
        cancel(id);
        cancel(withoutKey);
    }

    @Test
    void whoGoesAwayInTheMiddleLeavesNothingBehind() throws Exception {
        var address = new InetSocketAddress("127.0.0.1", path.gateway.address().getPort());
        for (var sent : List.of(
                "POST /requests HTTP/1.1\r\nhost: x\r\nauthorization: Bearer " + path.acme
                        + "\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{\"task\":",
                "GET /requests/" + submit(HELD, "") + "?wait=60s HTTP/1.1\r\nhost: x\r\nauthorization: Bearer "
                        + path.acme + "\r\n\r\n",
                "GET /events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer " + path.acme + "\r\n\r\n")) {
            try (var socket = new Socket()) {
                socket.connect(address);
                socket.getOutputStream().write(sent.getBytes(StandardCharsets.US_ASCII));
            }
        }
        assertThat(submit(CAPTION, "?wait=60s")).isNotEmpty();
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void whileKafkaIsAwayResultsAreThereAndNothingIsTaken() throws Exception {
        var ended = submit(CAPTION, "?wait=60s");
        path.broker.stop();
        assertThat(status(path.get("/requests/" + ended, path.acme))).isEqualTo("succeeded");
        var refused = path.post("/requests", path.acme, CAPTION);
        assertThat(Gateways.error(refused, 503).get("code").asText()).isEqualTo("unavailable");
        assertThat(refused.headers().firstValue("retry-after")).isPresent();
        path.broker.startAgain();
        if (Boolean.getBoolean("unifluid.outages")) { // which takes the apps behind the gateway a minute
            Await.until(
                    "requests to be taken",
                    () -> path.post("/requests?wait=30s", path.acme, CAPTION).statusCode() == 200);
        }
    }

    /** Reads a stream of events. */
    private static final class Events implements AutoCloseable {
        private final HttpClient http = HttpClient.newHttpClient();
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        private static final String OVER = "\0";

        Events(HttpRequest.Builder request) throws Exception {
            var response = http.send(request.build(), HttpResponse.BodyHandlers.ofLines());
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("content-type").orElseThrow())
                    .startsWith("text/event-stream");
            Thread.ofVirtual().start(() -> {
                try {
                    response.body().forEach(lines::add);
                } catch (RuntimeException e) {
                    // closed
                } finally {
                    lines.add(OVER);
                }
            });
        }

        private String line(String begin) throws InterruptedException {
            while (true) {
                var line = lines.poll(60, TimeUnit.SECONDS);
                assertThat(line).as("a line within a minute").isNotNull();
                if (line.equals(OVER)) {
                    return OVER;
                }
                if (line.startsWith(begin)) {
                    return line.substring(begin.length());
                }
            }
        }

        String name() throws InterruptedException {
            return line("event: ");
        }

        /** The next that is about a request. */
        JsonNode next() throws Exception {
            while (!line("event: ").equals("request")) {
                // of another kind
            }
            return Gateways.JSON.readTree(line("data: "));
        }

        /** The one before the stream ends. */
        JsonNode last() throws Exception {
            var data = line("data: ");
            while (true) {
                var next = line("data: ");
                if (next.equals(OVER)) {
                    return Gateways.JSON.readTree(data);
                }
                data = next;
            }
        }

        @Override
        public void close() {
            http.shutdownNow();
        }
    }

    private static void ready(GatewayRunner gateway) {
        Await.until("the gateway to be ready", () -> {
            var said = path.send(HttpRequest.newBuilder(gateway.address().resolve("/ready")));
            assertThat(said.statusCode()).as(said.body()).isEqualTo(200);
            return true;
        });
    }

    private static HttpRequest.Builder at(GatewayRunner gateway, String where, String key) {
        return HttpRequest.newBuilder(gateway.address().resolve(where)).header("authorization", "Bearer " + key);
    }

    private static String submit(String body, String query) throws Exception {
        return idOf(path.post("/requests" + query, path.acme, body));
    }

    /** Under the key "kept", asked for again while the gateway is too slow to say. */
    private static String keptFor(GatewayRunner gateway, String body) throws Exception {
        var answer = new AtomicReference<HttpResponse<String>>();
        Await.until("an answer under the key", () -> {
            answer.set(keyed(gateway, "kept", body));
            return answer.get().statusCode() != 503;
        });
        return idOf(answer.get());
    }

    private static String idOf(HttpResponse<String> taken) throws Exception {
        assertThat(taken.statusCode()).as(taken.body()).isIn(200, 202);
        return Gateways.json(taken).get("id").asText();
    }

    private static void cancel(String id) {
        try {
            assertThat(path.post("/requests/" + id + "/cancel", path.acme, "").statusCode())
                    .isEqualTo(202);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static String status(HttpResponse<String> response) throws Exception {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return Gateways.json(response).get("status").asText();
    }

    private static HttpResponse<String> keyed(GatewayRunner gateway, String key, String body) throws Exception {
        return keyed(gateway, "/requests", path.acme, key, body);
    }

    private static HttpResponse<String> keyed(GatewayRunner gateway, String to, String tenant, String key, String body)
            throws Exception {
        return path.send(at(gateway, to, tenant)
                .header("content-type", "application/json")
                .header("idempotency-key", key)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static String chat() {
        return "{\"model\": \"noop\", \"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"image_url\","
                + " \"image_url\": {\"url\": \"" + DATA + "\"}}]}]}";
    }

    private static HttpResponse<String> form(Map<String, String> fields) throws Exception {
        return path.send(multipart(path.to("/requests?wait=60s", path.acme), fields));
    }

    private static int editedUnder(String key, String prompt) throws Exception {
        return path.send(multipart(
                        path.to("/v1/images/edits", path.acme).header("idempotency-key", key),
                        Map.of("prompt", prompt, "model", "noop")))
                .statusCode();
    }

    private static HttpRequest.Builder multipart(HttpRequest.Builder request, Map<String, String> fields)
            throws Exception {
        var boundary = "b" + System.nanoTime();
        var out = new ByteArrayOutputStream();
        for (var field : fields.entrySet()) {
            out.write(("--" + boundary + "\r\ncontent-disposition: form-data; name=\"" + field.getKey() + "\"\r\n\r\n"
                            + field.getValue() + "\r\n")
                    .getBytes(StandardCharsets.UTF_8));
        }
        out.write(("--" + boundary
                        + "\r\ncontent-disposition: form-data; name=\"image\"; filename=\"a.png\"\r\ncontent-type: image/png\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        out.write(PNG);
        out.write(("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8));
        return request.header("content-type", "multipart/form-data; boundary=" + boundary)
                .POST(HttpRequest.BodyPublishers.ofByteArray(out.toByteArray()));
    }

    /** As if so many requests of acme, sent by another client, had ended. */
    private static void results(String prefix, int many) {
        results(prefix, i -> i < many);
    }

    /** @param more asked with how many were sent */
    private static void results(String prefix, IntPredicate more) {
        try (var producer = new KafkaProducer<>(
                        Map.<String, Object>of("bootstrap.servers", path.broker.bootstrapServers(), "linger.ms", 20),
                        new StringSerializer(),
                        new ByteArraySerializer());
                var results = AvroSerdes.of(path.registry.url()).serializer(Topics.RESULTS)) {
            var topic = Topics.RESULTS.name();
            for (int i = 0; more.test(i); i++) {
                var result = InferenceResult.newBuilder()
                        .setRequestId(prefix + i)
                        .setTenant("acme")
                        .setStatus(ResultStatus.SUCCEEDED)
                        .setOutput(CaptionOutput.newBuilder()
                                .setText("x".repeat(1000))
                                .build())
                        .setCompletedAt(Instant.now().truncatedTo(ChronoUnit.MILLIS))
                        .build();
                producer.send(new ProducerRecord<>(topic, prefix + i, results.serialize(topic, result)));
            }
        }
    }
}
