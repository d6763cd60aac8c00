package io.unifluid.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.standardwebhooks.Webhook;
import com.sun.net.httpserver.HttpServer;
import io.unifluid.client.ClientSettings;
import io.unifluid.client.Picture;
import io.unifluid.client.Request;
import io.unifluid.client.UniFluidClient;
import io.unifluid.operations.tenants.WebhookRegister;
import io.unifluid.schemas.WebhookEndpoint;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.SampleArchive;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Webhooks as their receivers see them, from requests on the whole path. */
final class WebhooksIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CHAT =
            "{\"model\":\"noop\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\","
                    + "\"image_url\":{\"url\":\"data:image/png;base64,"
                    + Base64.getEncoder().encodeToString(SampleArchive.scene(0).bytes()) + "\"}}]}]}";

    @TempDir
    static Path scratch;

    private static Gateways path;
    private static HttpServer receiver;
    private static final Map<String, List<Post>> POSTS = new HashMap<>();

    private record Post(Map<String, List<String>> headers, String body) {}

    @BeforeAll
    static void start() throws Exception {
        path = Gateways.start(
                scratch,
                Map.of(
                        "unifluid.gateway.webhook-private-addresses", "true",
                        "unifluid.gateway.webhook-timeout", "3s",
                        "unifluid.gateway.webhook-retries", "100ms,200ms"));
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        receiver.createContext("/", exchange -> {
            var at = exchange.getRequestURI().getPath();
            var post = new Post(
                    Map.copyOf(exchange.getRequestHeaders()),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            posts(at).add(post);
            if (at.equals("/silent")) {
                pause();
            }
            exchange.getResponseHeaders().add("location", "/ok");
            exchange.sendResponseHeaders(at.equals("/silent") ? 200 : Integer.parseInt(at.substring(1, 4)), -1);
            exchange.close();
        });
        receiver.start();
    }

    @AfterAll
    static void stop() {
        receiver.stop(0);
        path.close();
    }

    private static void pause() {
        try {
            Thread.sleep(15_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static synchronized List<Post> posts(String at) {
        return POSTS.computeIfAbsent(at, _ -> new CopyOnWriteArrayList<>());
    }

    @Test
    void aTenantIsToldOfItsEndsSignedAndOnce() throws Exception {
        var made = endpoint(path.acme, "/200/ends", "\"request.succeeded\"");
        assertThat(path.post("/v1/chat/completions", path.other, CHAT).statusCode())
                .isEqualTo(200);
        assertThat(path.post("/v1/chat/completions", path.acme, CHAT).statusCode())
                .isEqualTo(200);
        var post = told("/200/ends", 1).getFirst();
        verify(made.get("secret").asText(), post);
        var told = JSON.readTree(post.body());
        assertThat(told.get("type").asText()).isEqualTo("request.succeeded");
        assertThat(told.get("data").get("text").asText()).isNotEmpty();
        assertThat(post.headers().get("Webhook-id"))
                .containsExactly(told.get("id").asText());

        var rotated = Gateways.json(path.post("/v1/webhooks/" + made.get("id").asText() + "/rotate", path.acme, ""));
        assertThat(path.post("/v1/chat/completions", path.acme, CHAT).statusCode())
                .isEqualTo(200);
        var later = told("/200/ends", 2).getLast();
        verify(made.get("secret").asText(), later);
        verify(rotated.get("secret").asText(), later);

        // It is written once the answer is there.
        Await.until("the log", () -> taken(made).size() == 2);
        assertThat(Gateways.error(path.get("/v1/webhooks/" + made.get("id").asText(), path.other), 404))
                .isNotNull();
        assertThat(Gateways.json(path.get("/v1/webhooks", path.acme)).toString())
                .doesNotContain("whsec_");
        path.send(path.to("/v1/webhooks/" + made.get("id").asText(), path.acme).DELETE());
        assertThat(path.get("/v1/webhooks/" + made.get("id").asText(), path.acme)
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void whoDoesNotTakeAMessageIsAskedAgainAsOftenAsTheLadderSays() throws Exception {
        var failing = endpoint(path.acme, "/500/failing", "");
        var moved = endpoint(path.acme, "/301/moved", "");
        var gone = endpoint(path.acme, "/410/gone", "");
        var silent = endpoint(path.acme, "/silent", "");
        assertThat(path.post("/v1/chat/completions", path.acme, CHAT).statusCode())
                .isEqualTo(200);
        for (var each : List.of("/500/failing", "/301/moved", "/silent")) {
            assertThat(await(each, 3))
                    .extracting(post -> post.headers().get("Webhook-id"))
                    .containsOnly(posts(each).getFirst().headers().get("Webhook-id"));
        }
        Await.until("the log", () -> deliveries(silent).size() == 3);
        assertThat(deliveries(silent).getFirst().get("error").asText()).contains("did not answer");
        assertThat(deliveries(silent).getFirst().get("next_attempt_at").isNull())
                .isTrue();
        for (var each : List.of(failing, moved)) {
            Await.until("the log", () -> deliveries(each).size() == 3);
        }
        assertThat(deliveries(moved))
                .hasSize(3)
                .allSatisfy(one -> assertThat(one.get("status").asInt()).isEqualTo(301));
        assertThat(deliveries(failing)).hasSize(3);
        assertThat(posts("/ok")).isEmpty();
        await("/410/gone", 1);
        Await.until("the endpoint to be given up", () -> state(gone).equals("disabled"));
        assertThat(path.post("/v1/chat/completions", path.acme, CHAT).statusCode())
                .isEqualTo(200);
        await("/500/failing", 6);
        assertThat(told("/410/gone", 1)).hasSize(1);
        for (var each : List.of(failing, moved, gone, silent)) {
            path.send(path.to("/v1/webhooks/" + each.get("id").asText(), path.acme)
                    .DELETE());
        }
    }

    @Test
    void whatEndsWhileNoGatewayRunsIsToldAfterwards() throws Exception {
        var made = endpoint(path.acme, "/200/later", "");
        // The only gateway that tells is away while the request ends.
        path.withoutGateway(() -> {
            var settings = ClientSettings.of(path.broker.bootstrapServers(), path.registry.url())
                    .tenant("acme");
            try (var client = UniFluidClient.connect(settings)) {
                client.submit(Request.caption(Picture.of(SampleArchive.scene(1).bytes())))
                        .output()
                        .join();
            }
        });
        assertThat(told("/200/later", 1)).hasSize(1);
        path.send(path.to("/v1/webhooks/" + made.get("id").asText(), path.acme).DELETE());
    }

    @Test
    void anEndpointIsDisabledAndEnabledByItsTenantAndByTheOperator() throws Exception {
        var paused = endpoint(path.acme, "/200/paused", "");
        var witness = endpoint(path.acme, "/200/witness", "");
        var id = paused.get("id").asText();
        var disabled = Gateways.json(path.post("/v1/webhooks/" + id + "/disable", path.acme, ""));
        assertThat(disabled.get("status").asText()).isEqualTo("disabled");
        assertThat(disabled.get("disabled_because").asText()).contains("its tenant");
        assertThat(path.post("/v1/webhooks/" + id + "/enable", path.other, "").statusCode())
                .as("another tenant's")
                .isEqualTo(404);
        assertThat(path.post("/v1/chat/completions", path.acme, CHAT).statusCode())
                .isEqualTo(200);
        told("/200/witness", 1);

        var register = new WebhookRegister(path.cluster());
        register.enable(id);
        Await.until("the operator's word", () -> state(paused).equals("enabled"));
        assertThat(path.post("/v1/chat/completions", path.acme, CHAT).statusCode())
                .isEqualTo(200);
        told("/200/witness", 2);
        assertThat(told("/200/paused", 1)).hasSize(1);
        Await.until("the log", () -> !register.deliveries(id, Instant.EPOCH, 10).isEmpty());

        register.disable(id, "It floods us.");
        Await.until("the operator's word", () -> state(paused).equals("disabled"));
        assertThat(Gateways.json(path.post("/v1/webhooks/" + id + "/enable", path.acme, ""))
                        .get("status")
                        .asText())
                .isEqualTo("enabled");
        register.remove(id);
        register.remove(witness.get("id").asText());
        assertThat(register.all()).extracting(WebhookEndpoint::getId).doesNotContain(id);
    }

    @Test
    void whatAnOperatorGetsWrongIsSaid() {
        var register = new WebhookRegister(path.cluster());
        var own = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/200/made";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> register.add("acme", own, List.of(), false))
                .withMessageStartingWith("The endpoint cannot be posted to: ")
                .withMessageContaining(" Say --private-address ")
                .withMessageEndingWith("webhook-private-addresses).");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> register.add("acme", "ftp://127.0.0.1/", List.of(), false))
                .withMessageStartingWith("The endpoint cannot be posted to: ")
                .withMessageNotContaining("--private-address");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> register.add("acme", own, List.of("request.done"), true))
                .withMessageContaining("there are request.succeeded, ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> register.add("a/b", own, List.of(), true))
                .withMessageContaining("cannot be a tenant's name");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> register.rotate("we_none"))
                .withMessageContaining("'unifluid webhooks list'");
        var made = register.add("acme", own, List.of("batch.failed"), true);
        Await.until(
                "it to be known",
                () -> path.get("/v1/webhooks/" + made.endpoint().getId(), path.acme)
                                .statusCode()
                        == 200);
        register.remove(made.endpoint().getId());
    }

    @Test
    void whereNobodyOutsideListensIsNoEndpoint() throws Exception {
        try (var strict = path.another(Map.of())) {
            for (var url : List.of(
                    "http://127.0.0.1:1/x",
                    "http://[::1]/",
                    "http://169.254.169.254/",
                    "ftp://example.org/",
                    "https://user@example.org/",
                    "nothing")) {
                var response = path.send(HttpRequest.newBuilder(strict.address().resolve("/v1/webhooks"))
                        .header("authorization", "Bearer " + path.acme)
                        .header("content-type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"url\":\"" + url + "\"}")));
                assertThat(Gateways.error(response, 400).get("param").asText())
                        .as(url)
                        .isEqualTo("url");
            }
        }
        var unknown = path.post("/v1/webhooks", path.acme, "{\"url\":\"http://127.0.0.1/\",\"events\":[\"nothing\"]}");
        assertThat(Gateways.error(unknown, 400).get("param").asText()).isEqualTo("events");
    }

    private static JsonNode endpoint(String key, String at, String events) throws Exception {
        var response = path.post(
                "/v1/webhooks",
                key,
                "{\"url\":\"http://127.0.0.1:" + receiver.getAddress().getPort() + at + "\",\"events\":[" + events
                        + "]}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return Gateways.json(response);
    }

    private static List<JsonNode> deliveries(JsonNode endpoint) throws Exception {
        var data = Gateways.json(path.get("/v1/webhooks/" + endpoint.get("id").asText() + "/deliveries", path.acme))
                .get("data");
        return data.valueStream().toList();
    }

    private static String state(JsonNode endpoint) throws Exception {
        return Gateways.json(path.get("/v1/webhooks/" + endpoint.get("id").asText(), path.acme))
                .get("status")
                .asText();
    }

    /** Messages of which the receiver's answer came in time, each once. */
    private static Set<String> taken(JsonNode endpoint) throws Exception {
        return deliveries(endpoint).stream()
                .filter(one -> one.get("status").asInt() == 200)
                .map(one -> one.get("id").asText())
                .collect(Collectors.toSet());
    }

    /** As many messages, in their order: a receiver that is slow is sent one again. */
    private static List<Post> told(String at, int count) {
        var byId = new LinkedHashMap<List<String>, Post>();
        Await.until(count + " messages at " + at, () -> {
            posts(at).forEach(post -> byId.put(post.headers().get("Webhook-id"), post));
            return byId.size() >= count;
        });
        return List.copyOf(byId.values());
    }

    private static List<Post> await(String at, int count) {
        Await.until(count + " at " + at, () -> posts(at).size() >= count);
        return List.copyOf(posts(at));
    }

    private static void verify(String secret, Post post) {
        assertThatCode(() -> new Webhook(secret).verify(post.body(), HttpHeaders.of(post.headers(), (_, _) -> true)))
                .doesNotThrowAnyException();
    }
}
