package io.unifluid.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A real Schema Registry (Apicurio, Confluent API) as a child process on free ports with its data in a temporary
 * folder; or, by {@link #mock()}, the Confluent client's in-memory one. Compatibility is BACKWARD_TRANSITIVE, as the
 * system sets it.
 */
public final class LocalRegistry implements AutoCloseable {
    private static final Duration READY_WITHIN = Duration.ofSeconds(240);

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
            var process = new ProcessBuilder(command(home(), data, ports[0], ports[1]))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            var url = "http://127.0.0.1:" + ports[0] + "/apis/ccompat/v7";
            var registry = new LocalRegistry(url, Optional.of(process), data);
            try {
                Await.until("the registry to answer", READY_WITHIN, () -> {
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

    private static List<String> command(Path home, Path data, int port, int managementPort) {
        var classPath = home.resolve("quarkus-run.jar") + java.io.File.pathSeparator + ownJar();
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "--add-opens",
                "java.base/java.lang=ALL-UNNAMED",
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=" + port,
                "-Dquarkus.management.host=127.0.0.1",
                "-Dquarkus.management.port=" + managementPort,
                "-Dapicurio.storage.kind=sql",
                "-Dapicurio.storage.sql.kind=h2",
                "-Dapicurio.datasource.url=jdbc:h2:file:" + data.resolve("registry") + ";WRITE_DELAY=0",
                "-cp",
                classPath,
                DiesWithParent.class.getName(),
                "io.quarkus.bootstrap.runner.QuarkusEntryPoint");
    }

    private static String ownJar() {
        return Path.of(URI.create(DiesWithParent.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toString()))
                .toString();
    }

    /** Where the build unpacked the registry; {@code UNIFLUID_REGISTRY_HOME} overrides. */
    private static Path home() {
        var given = System.getenv("UNIFLUID_REGISTRY_HOME");
        var home = given != null
                ? Path.of(given)
                : Path.of(System.getProperty("user.home"), ".cache", "unifluid", "apicurio-registry-" + version());
        if (!Files.isReadable(home.resolve("quarkus-run.jar"))) {
            throw new IllegalStateException(
                    "No registry in " + home + ": build tests/testkit, which unpacks it there.");
        }
        return home;
    }

    private static String version() {
        try (InputStream in = LocalRegistry.class.getResourceAsStream("registry.properties")) {
            var properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
