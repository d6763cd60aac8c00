package io.unifluid.streams.readiness;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.apache.kafka.streams.KafkaStreams;

/**
 * {@code /health} (the process is worth keeping), {@code /ready} (requests are being taken; if not, a line for each reason)
 * and {@code /metrics} (Prometheus text): 200 for yes, 503 for no.
 */
public final class HealthServer implements AutoCloseable {
    private static final int NONE = 0;

    private final HttpServer server;

    private HealthServer(HttpServer server) {
        this.server = server;
    }

    /**
     * @param troubles why requests are not being taken; none when they are
     * @param port 0 for no server at all
     * @throws IllegalStateException one sentence, when the port cannot be had
     */
    public static HealthServer start(
            String host,
            int port,
            Supplier<KafkaStreams.State> state,
            Supplier<List<String>> troubles,
            Supplier<String> metrics) {
        if (port == NONE) {
            return new HealthServer(null);
        }
        try {
            var server = HttpServer.create(new InetSocketAddress(host, port), 0);
            server.createContext(
                    "/health",
                    exchange -> answer(exchange, alive(state.get()), state.get().name()));
            server.createContext("/ready", exchange -> ready(exchange, state.get(), troubles.get()));
            server.createContext("/metrics", exchange -> answer(exchange, true, metrics.get()));
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.start();
            return new HealthServer(server);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "Port " + port + " on " + host + " cannot be had (" + e.getMessage()
                            + "): free it or give another http-port.",
                    e);
        }
    }

    private static boolean alive(KafkaStreams.State state) {
        return switch (state) {
            case CREATED, REBALANCING, RUNNING -> true;
            case PENDING_SHUTDOWN, NOT_RUNNING, PENDING_ERROR, ERROR -> false;
        };
    }

    private static void ready(HttpExchange exchange, KafkaStreams.State state, List<String> troubles)
            throws IOException {
        answer(exchange, troubles.isEmpty(), troubles.isEmpty() ? state.name() : String.join("\n", troubles));
    }

    private static void answer(HttpExchange exchange, boolean yes, String text) throws IOException {
        try (exchange) {
            var body = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            exchange.sendResponseHeaders(yes ? 200 : 503, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    public int port() {
        return server == null ? NONE : server.getAddress().getPort();
    }

    @Override
    public void close() {
        if (server != null) {
            server.stop(0);
        }
    }
}
