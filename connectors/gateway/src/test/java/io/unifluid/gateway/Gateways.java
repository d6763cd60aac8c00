package io.unifluid.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import io.unifluid.client.Cluster;
import io.unifluid.inference.families.Models;
import io.unifluid.operations.tenants.TenantLimits;
import io.unifluid.operations.tenants.TenantRegister;
import io.unifluid.streams.StreamsAppRunner;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.testkit.Await;
import io.unifluid.testkit.LocalBroker;
import io.unifluid.testkit.LocalRegistry;
import io.unifluid.worker.WorkerRunner;
import io.unifluid.worker.config.WorkerSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Broker, topology, a worker without a model, and a gateway before them, in this JVM. */
final class Gateways implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();

    final LocalBroker broker;
    final LocalRegistry registry;
    final Path blobs;
    final TenantRegister tenants;
    private final Map<String, String> settings;
    GatewayRunner gateway;
    final String acme;
    final String other;
    private final Path scratch;
    private final StreamsAppRunner streams;
    private final WorkerRunner worker;
    private final HttpClient http = HttpClient.newHttpClient();

    private final AtomicInteger folders = new AtomicInteger();

    private Gateways(Path scratch, Map<String, String> settings, Map<String, String> ofStreams) throws Exception {
        this.scratch = scratch;
        this.settings = settings;
        broker = LocalBroker.startWithTopics();
        registry = LocalRegistry.mock();
        blobs = Files.createDirectories(scratch.resolve("blobs"));
        var app = new HashMap<>(ofStreams);
        app.put("bootstrap-servers", broker.bootstrapServers());
        app.put("registry-url", registry.url());
        app.put("state-dir", scratch.resolve("state").toString());
        streams = new StreamsAppRunner(StreamsSettings.of(app));
        streams.start();
        worker = new WorkerRunner(
                WorkerSettings.of(broker.bootstrapServers(), registry.url(), "noop", blobs.toString()), Models::noOp);
        worker.start();
        tenants = new TenantRegister(Cluster.of(broker.bootstrapServers(), registry.url()));
        acme = tenants.add("acme", Optional.empty()).key();
        other = tenants.add("other", Optional.of(new TenantLimits(0, 0, 1))).key();
        gateway = another(settings);
        streams.awaitReady(Await.PATIENCE);
        worker.awaitReady(Await.PATIENCE);
    }

    Cluster cluster() {
        return Cluster.of(broker.bootstrapServers(), registry.url());
    }

    static Gateways start(Path scratch, Map<String, String> settings) throws Exception {
        return start(scratch, settings, Map.of());
    }

    /** @param ofStreams settings of the streams app */
    static Gateways start(Path scratch, Map<String, String> settings, Map<String, String> ofStreams) throws Exception {
        return new Gateways(scratch, settings, ofStreams);
    }

    /** One more, started; the caller closes it. */
    GatewayRunner another(Map<String, String> settings) {
        var all = new HashMap<String, String>();
        all.put("unifluid.gateway.bootstrap-servers", broker.bootstrapServers());
        all.put("unifluid.gateway.registry-url", registry.url());
        all.put("unifluid.gateway.blob-store", blobs.toString());
        all.put("unifluid.gateway.http-port", "0");
        all.put(
                "unifluid.gateway.state-dir",
                scratch.resolve("gateway-" + folders.incrementAndGet()).toString());
        all.putAll(settings);
        var started = GatewayRunner.of(all);
        started.start();
        return started;
    }

    /** The gateway is away meanwhile. */
    void withoutGateway(Runnable meanwhile) {
        gateway.close();
        meanwhile.run();
        gateway = another(settings);
    }

    OpenAIClient openAi(String key) {
        return openAi(gateway, key);
    }

    OpenAIClient openAi(GatewayRunner gateway, String key) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(gateway.address() + "/v1")
                .apiKey(key)
                .maxRetries(0)
                .build();
    }

    /** As it came. */
    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.timeout(Await.PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpRequest.Builder to(String path, String key) {
        var request = HttpRequest.newBuilder(URI.create(gateway.address() + path));
        return key.isEmpty() ? request : request.header("authorization", "Bearer " + key);
    }

    HttpResponse<String> get(String path, String key) throws IOException, InterruptedException {
        return send(to(path, key).GET());
    }

    HttpResponse<String> post(String path, String key, String json) throws IOException, InterruptedException {
        return send(to(path, key)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    static JsonNode json(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body());
    }

    /** {@code error} of an answer, after looking at its status. */
    static JsonNode error(HttpResponse<String> response, int status) throws IOException {
        org.assertj.core.api.Assertions.assertThat(response.statusCode())
                .as(response.body())
                .isEqualTo(status);
        return json(response).get("error");
    }

    @Override
    public void close() {
        gateway.close();
        worker.close();
        streams.close();
        registry.close();
        broker.close();
    }
}
