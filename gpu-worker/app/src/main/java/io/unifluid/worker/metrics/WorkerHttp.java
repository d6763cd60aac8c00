package io.unifluid.worker.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.unifluid.worker.config.WorkerSettings;
import io.unifluid.worker.config.WorkerStartException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Serves {@code /metrics} (Prometheus text), {@code /health} (200 while the process is of use, else 503 with the reason)
 * and {@code /ready} (200 while it takes work).
 */
public final class WorkerHttp implements AutoCloseable {
    private final HttpServer server;

    private WorkerHttp(HttpServer server) {
        this.server = server;
    }

    /**
     * @param host address to listen on
     * @param illness why the process is of no use, if it is not
     * @param notReady why it takes no work, if it does not
     */
    public static WorkerHttp start(
            String host,
            int port,
            Supplier<String> metrics,
            Supplier<Optional<String>> illness,
            Supplier<Optional<String>> notReady) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName(host), port), 0);
            server.createContext("/metrics", exchange -> answer(exchange, 200, metrics.get()));
            server.createContext("/health", exchange -> answer(exchange, illness.get()));
            server.createContext("/ready", exchange -> answer(exchange, notReady.get()));
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.start();
            return new WorkerHttp(server);
        } catch (BindException e) {
            throw String.valueOf(e.getMessage()).contains("in use")
                    ? new WorkerStartException(
                            "Port " + port + " is busy; give the worker another http-port, or 0 for none.", e)
                    : cannotListen(host, port, e);
        } catch (IOException e) {
            throw cannotListen(host, port, e);
        }
    }

    private static WorkerStartException cannotListen(String host, int port, IOException e) {
        return new WorkerStartException(
                "The worker cannot listen on port " + port + " of " + host + " (" + e.getMessage()
                        + "); give an address of this machine as http-host, such as " + WorkerSettings.LOOPBACK + ".",
                e);
    }

    private static void answer(HttpExchange exchange, Optional<String> problem) throws IOException {
        answer(exchange, problem.isPresent() ? 503 : 200, problem.orElse("ok") + "\n");
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        try (exchange) {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
