package io.unifluid.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a start whose registry takes a request and never answers it, as Apicurio's did once. */
class RegistryClientTest {
    private final Set<String> registered = ConcurrentHashMap.newKeySet();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile int unansweredFrom = Integer.MAX_VALUE;
    private volatile int unansweredTo = Integer.MAX_VALUE;
    private HttpServer server;
    private String url;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
        url = "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        int number = asked.incrementAndGet();
        var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        if (number >= unansweredFrom && number < unansweredTo) {
            return; // neither answered nor closed
        }
        var path = exchange.getRequestURI().getPath();
        if (path.startsWith("/subjects/")) {
            registered.add(path.split("/")[2]);
        }
        var reply = (path.startsWith("/subjects/") ? "{\"id\":" + number + "}" : body).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/vnd.schemaregistry.v1+json");
        exchange.sendResponseHeaders(200, reply.length);
        try (var out = exchange.getResponseBody()) {
            out.write(reply);
        }
    }

    private void register() {
        Map<String, String> config = new HashMap<>(AvroSerdes.of(url).config());
        config.put("http.read.timeout.ms", "300");
        config.put("max.retries", "3");
        config.put("retries.wait.ms", "1");
        RegistryClient.register(url, config);
    }

    @Test
    void asksAgainWhatWasNeverAnswered() {
        unansweredFrom = 5;
        unansweredTo = 7;
        register();
        assertThat(registered).hasSameSizeAs(Topics.all());
    }

    @Test
    void saysSoWhereNothingIsAnsweredAnyMore() {
        unansweredFrom = 5;
        assertThatThrownBy(this::register)
                .isInstanceOf(EnvironmentProblem.class)
                .hasMessageContaining("The registry at " + url + " failed");
    }
}
