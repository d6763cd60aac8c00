package io.unifluid.schemas;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;

/** A registry over real HTTP that holds whatever text a test wants, or answers whatever status. */
final class StubRegistry implements AutoCloseable {
    private final HttpServer server;
    private final String scheme;
    private final Map<Integer, String> schemas = new ConcurrentHashMap<>();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile Answer always;
    private volatile String credentials;

    private record Answer(int status, String body) {}

    private StubRegistry(HttpServer server, String scheme) {
        this.server = server;
        this.scheme = scheme;
        server.createContext("/", this::answer);
        server.start();
    }

    static StubRegistry start() {
        try {
            return new StubRegistry(HttpServer.create(free(), 0), "http");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static StubRegistry startTls(SSLContext context) {
        try {
            var server = HttpsServer.create(free(), 0);
            server.setHttpsConfigurator(new HttpsConfigurator(context));
            return new StubRegistry(server, "https");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InetSocketAddress free() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    String url() {
        return scheme + "://127.0.0.1:" + server.getAddress().getPort();
    }

    /** How many requests came. */
    int asked() {
        return asked.get();
    }

    StubRegistry holds(int id, String schema) {
        return holdsAnswer(id, "{\"schema\":" + quoted(schema) + "}");
    }

    /** @param answer the whole JSON of {@code GET /schemas/ids/ID} */
    StubRegistry holdsAnswer(int id, String answer) {
        schemas.put(id, answer);
        return this;
    }

    StubRegistry answersAlways(int status, String body) {
        always = new Answer(status, body);
        return this;
    }

    StubRegistry wants(String user, String password) {
        credentials =
                "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        return this;
    }

    StubRegistry wantsToken(String token) {
        credentials = "Bearer " + token;
        return this;
    }

    private void answer(HttpExchange exchange) throws IOException {
        asked.incrementAndGet();
        exchange.getRequestBody().readAllBytes();
        var given = exchange.getRequestHeaders().getOrDefault("Authorization", List.of());
        if (always != null) {
            send(exchange, always.status(), always.body());
        } else if (credentials != null && !given.contains(credentials)) {
            send(exchange, 401, "{\"error_code\":401,\"message\":\"Unauthorized\"}");
        } else if (exchange.getRequestMethod().equals("POST")) {
            send(exchange, 200, "{\"id\":1}");
        } else {
            var path = exchange.getRequestURI().getPath();
            var held = path.matches("/schemas/ids/\\d+")
                    ? schemas.get(Integer.parseInt(path.substring("/schemas/ids/".length())))
                    : null;
            send(
                    exchange,
                    held == null ? 404 : 200,
                    held == null ? "{\"error_code\":40403,\"message\":\"Schema not found\"}" : held);
        }
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        try (exchange) {
            var bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
