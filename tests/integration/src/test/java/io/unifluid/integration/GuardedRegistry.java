package io.unifluid.integration;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Executors;

/** A gate before a real registry that wants a password, and that can be told to refuse everybody. */
final class GuardedRegistry implements AutoCloseable {
    static final String USER_INFO = "me:secret";

    private static final String WANTED =
            "Basic " + Base64.getEncoder().encodeToString(USER_INFO.getBytes(StandardCharsets.UTF_8));

    private final HttpServer server;
    private final HttpClient client = HttpClient.newHttpClient();
    private final URI behind;
    private volatile int refusal;

    private GuardedRegistry(HttpServer server, URI behind) {
        this.server = server;
        this.behind = behind;
    }

    static GuardedRegistry before(String url) throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        var guarded = new GuardedRegistry(server, URI.create(url));
        server.createContext("/", guarded::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        return guarded;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + behind.getPath();
    }

    /** @param status 0 for nobody any more */
    void refuseEverybody(int status) {
        refusal = status;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = exchange.getRequestBody().readAllBytes();
            var given = exchange.getRequestHeaders().getOrDefault("Authorization", List.of());
            int status = refusal != 0 ? refusal : given.contains(WANTED) ? 200 : 401;
            if (status != 200) {
                send(exchange, status, ("{\"error_code\":" + status + ",\"message\":\"No.\"}").getBytes());
                return;
            }
            var request = HttpRequest.newBuilder(behind.resolve(exchange.getRequestURI()))
                    .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                    .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body))
                    .build();
            var answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            send(exchange, answer.statusCode(), answer.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        server.stop(0);
        client.close();
    }
}
