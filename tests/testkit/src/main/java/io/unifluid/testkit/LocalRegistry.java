package io.unifluid.testkit;

import io.unifluid.stack.RegistryServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A real Schema Registry (Apicurio, Confluent API) as a child process on free ports with its data in a temporary
 * folder; or, by {@link #mock()}, the Confluent client's in-memory one. Compatibility is BACKWARD_TRANSITIVE, as the
 * system sets it.
 */
public final class LocalRegistry implements AutoCloseable {
    private static LocalRegistry shared;

    private final String url;
    private final Optional<Process> process;
    private final Path data;

    private LocalRegistry(String url, Optional<Process> process, Path data) {
        this.url = url;
        this.process = process;
        this.data = data;
    }

    /** Starts and waits until it answers. */
    public static LocalRegistry start() {
        var ports = FreePorts.take(2);
        var data = TemporaryFolder.create("registry");
        var log = data.resolve("registry.log");
        try {
            var process = new ProcessBuilder(RegistryServer.command(
                            RegistryServer.home(System.getenv()), ports[0], ports[1], data.resolve("registry")))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            var url = RegistryServer.url(ports[0]);
            var registry = new LocalRegistry(url, Optional.of(process), data);
            try {
                Await.until("the registry to answer", () -> {
                    if (!process.isAlive()) {
                        throw new IllegalStateException("It ended with " + process.exitValue() + ".");
                    }
                    return status("GET", url + "/subjects", "") == 200;
                });
                var answer = status("PUT", url + "/config", "{\"compatibility\":\"BACKWARD_TRANSITIVE\"}");
                if (answer != 200) {
                    throw new IllegalStateException("Setting the compatibility was answered with " + answer + ".");
                }
                return registry;
            } catch (AssertionError | Exception e) {
                e.addSuppressed(new IllegalStateException("Its log:\n" + Files.readString(log)));
                registry.close();
                throw e;
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("The registry did not start.", e);
        }
    }

    /**
     * One for all tests of this JVM that only let the apps register their own schemas: it is started for the first, ends with
     * the JVM, and is not closed before.
     */
    public static synchronized LocalRegistry shared() {
        if (shared == null) {
            var started = start();
            Runtime.getRuntime().addShutdownHook(new Thread(started::close, "shared-registry"));
            shared = new LocalRegistry(started.url(), Optional.empty(), Path.of(""));
        }
        return shared;
    }

    /** An in-memory registry of its own, seen only inside this JVM. */
    public static LocalRegistry mock() {
        return new LocalRegistry("mock://" + UUID.randomUUID(), Optional.empty(), Path.of(""));
    }

    /** For {@code schema.registry.url}. */
    public String url() {
        return url;
    }

    @Override
    public void close() {
        process.ifPresent(running -> {
            running.destroy();
            try {
                if (!running.waitFor(10, TimeUnit.SECONDS)) {
                    running.destroyForcibly().waitFor();
                }
            } catch (InterruptedException e) {
                running.destroyForcibly();
                Thread.currentThread().interrupt();
            }
            TemporaryFolder.delete(data);
        });
    }

    private static int status(String method, String uri, String body) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create(uri))
                    .header("Content-Type", "application/json")
                    .timeout(Duration.ofSeconds(5))
                    .method(method, HttpRequest.BodyPublishers.ofString(body))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        }
    }
}
