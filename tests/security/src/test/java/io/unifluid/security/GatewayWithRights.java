package io.unifluid.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.unifluid.client.Cluster;
import io.unifluid.gateway.GatewayRunner;
import io.unifluid.moderation.file.PolicyFile;
import io.unifluid.moderation.operations.PolicyTopic;
import io.unifluid.operations.tenants.TenantRegister;
import io.unifluid.operations.tenants.WebhookRegister;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.LocalBroker;
import io.unifluid.testkit.LocalRegistry;
import io.unifluid.testkit.SampleArchive;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A gateway, and the commands for it, as the users of a broker that allows nothing beyond their rights. */
final class GatewayWithRights implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TENANT = "shop";
    private static final String PICTURE = "data:image/png;base64,"
            + Base64.getEncoder().encodeToString(SampleArchive.scene(0).bytes());
    private static final String CHAT = "{\"model\":\"noop\",\"messages\":[{\"role\":\"user\",\"content\":"
            + "[{\"type\":\"image_url\",\"image_url\":{\"url\":\"" + PICTURE + "\"}}]}]}";
    private static final String POLICY = """
            policy: any
            questions:
              - name: weapon
                ask: is there a weapon in the image?
                choices: [yes, no]
                bands: [{choice: yes, review: 0.4}]
            """;

    private final LocalBroker broker;
    private final LocalRegistry registry;
    private final Path scratch;
    private final HttpServer receiver;
    private final AtomicInteger told = new AtomicInteger();
    private final HttpClient http = HttpClient.newHttpClient();
    private String key;
    private GatewayRunner gateway;

    GatewayWithRights(LocalBroker broker, LocalRegistry registry, Path scratch) throws IOException {
        this.broker = broker;
        this.registry = registry;
        this.scratch = scratch;
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            told.incrementAndGet();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        receiver.start();
    }

    /** Through every door, of a first gateway and of the one after it. The apps that answer run already. */
    void worksWhole(Duration patience) throws Exception {
        key = new TenantRegister(as("tenants")).add(TENANT, Optional.empty()).key();
        var webhooks = new WebhookRegister(as("webhooks"));
        var endpoint = webhooks.add(
                        TENANT,
                        "http://127.0.0.1:" + receiver.getAddress().getPort() + "/",
                        List.of("request.succeeded", "batch.completed"),
                        true)
                .endpoint()
                .getId();
        PolicyTopic.read(as("policies")).apply(PolicyFile.read("any.yaml", POLICY, TENANT), "test");

        gateway = started(patience);
        var taken = ask("POST", "/requests?wait=50s", "{\"task\":\"caption\",\"image\":\"" + PICTURE + "\"}", 200);
        assertThat(taken.get("status").asText()).isEqualTo("succeeded");
        ask("POST", "/v1/chat/completions", CHAT, 200);
        var file = upload(
                "{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":" + CHAT + "}");
        var batch = ask(
                        "POST",
                        "/v1/batches",
                        "{\"input_file_id\":\"" + file
                                + "\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"24h\"}",
                        200)
                .get("id")
                .asText();
        Await.until(
                "the batch",
                patience,
                () -> ask("GET", "/v1/batches/" + batch, "", 200)
                        .get("status")
                        .asText()
                        .equals("completed"));
        Await.until("the webhook", patience, () -> told.get() >= 3);
        // Nobody judges here; that it waits says that it could submit and reads verdicts.
        ask(
                "POST",
                "/v1/moderations",
                "{\"input\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"" + PICTURE + "\"}}]}",
                504);

        gateway.close();
        gateway = started(patience);
        var id = taken.get("id").asText();
        assertThat(ask("GET", "/requests/" + id, "", 200).get("status").asText())
                .isEqualTo("succeeded");
        ask("DELETE", "/requests/" + id, "", 409);
        assertThat(webhooks.deliveries(endpoint, Instant.EPOCH, 10)).isNotEmpty();
        webhooks.rotate(endpoint);
        webhooks.disable(endpoint, "It is enough.");
        webhooks.enable(endpoint);
        webhooks.remove(endpoint);
        new TenantRegister(as("tenants")).revoke(TENANT);
    }

    private Cluster as(String user) {
        return new Cluster(
                broker.bootstrapServers(),
                registry.url(),
                broker.client(user),
                Optional.of(scratch.resolve("blobs").toString()));
    }

    private GatewayRunner started(Duration patience) throws Exception {
        var settings = new HashMap<String, String>(Map.of(
                "unifluid.gateway.bootstrap-servers", broker.bootstrapServers(),
                "unifluid.gateway.registry-url", registry.url(),
                "unifluid.gateway.blob-store", scratch.resolve("blobs").toString(),
                "unifluid.gateway.state-dir", scratch.resolve("gateway-state").toString(),
                "unifluid.gateway.http-port", "0",
                "unifluid.gateway.longest-wait", "3s",
                "unifluid.gateway.webhook-private-addresses", "true"));
        broker.client("gateway").forEach((name, value) -> settings.put("unifluid.gateway.kafka." + name, value));
        gateway = GatewayRunner.of(settings);
        gateway.start();
        Await.until("the gateway to be ready", patience, () -> get("/ready").statusCode() == 200);
        return gateway;
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(HttpRequest.newBuilder(gateway.address().resolve(path)).GET());
    }

    private JsonNode ask(String method, String path, String body, int status) throws Exception {
        var answer = send(HttpRequest.newBuilder(gateway.address().resolve(path))
                .header("authorization", "Bearer " + key)
                .header("content-type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body)));
        assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(status);
        return JSON.readTree(answer.body());
    }

    private String upload(String lines) throws Exception {
        var form = "--a\r\ncontent-disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--a\r\n"
                + "content-disposition: form-data; name=\"file\"; filename=\"lines.jsonl\"\r\n"
                + "content-type: application/jsonl\r\n\r\n" + lines + "\n\r\n--a--\r\n";
        var answer = send(HttpRequest.newBuilder(gateway.address().resolve("/v1/files"))
                .header("authorization", "Bearer " + key)
                .header("content-type", "multipart/form-data; boundary=a")
                .POST(HttpRequest.BodyPublishers.ofString(form, StandardCharsets.UTF_8)));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body()).get("id").asText();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.timeout(Duration.ofMinutes(1)).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        if (gateway != null) {
            gateway.close();
        }
        receiver.stop(0);
    }
}
