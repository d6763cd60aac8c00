package io.unifluid.cli;

import io.unifluid.client.Cluster;
import io.unifluid.client.Why;
import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.stack.StackLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** What every command takes that works on the running local stack or on another cluster. */
final class ClusterOptions {
    private static final String CONFIG = "--client-config's ";

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "another cluster than the local stack; needs --registry")
    private String bootstrapServers;

    @Option(names = "--registry", paramLabel = "URL", description = "the schema registry of that cluster")
    private String registry;

    @Option(
            names = "--client-config",
            paramLabel = "FILE",
            description =
                    "properties for the Kafka clients, such as their security, and behind 'registry.' for the registry's")
    private Path clientConfig;

    @Option(
            names = "--blob-store",
            paramLabel = "LOCATION",
            description = "a folder or s3://bucket/prefix (default: the local stack's)")
    private String blobStore;

    /** Whether a cluster is named. */
    boolean isGiven() {
        return bootstrapServers != null || registry != null;
    }

    /** @throws EnvironmentProblem when nothing is named and no local stack is running */
    Cluster cluster() {
        if ((bootstrapServers == null) != (registry == null)) {
            throw new IllegalArgumentException("Give --bootstrap-servers and --registry together, or neither.");
        }
        var client = clientConfig();
        if (bootstrapServers != null) {
            return told(() -> new Cluster(bootstrapServers, registry, client, Optional.ofNullable(blobStore), CONFIG));
        }
        var data = new StackOptions().settings().data();
        var stack = StackLock.running(data)
                .orElseThrow(
                        () -> new EnvironmentProblem(
                                "No local stack is running in " + data
                                        + ": start one with './unifluid up', or name a cluster with --bootstrap-servers and --registry."));
        return told(() -> new Cluster(
                stack.bootstrapServers(),
                stack.registryUrl(),
                client,
                Optional.of(blobStore == null ? stack.blobs() : blobStore),
                CONFIG));
    }

    /** Names the file of a setting that cannot be taken. */
    private Cluster told(Supplier<Cluster> named) {
        try {
            return named.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("In --client-config " + clientConfig + ": " + e.getMessage(), e);
        }
    }

    private Map<String, String> clientConfig() {
        if (clientConfig == null) {
            return Map.of();
        }
        var properties = new Properties();
        try (var in = Files.newBufferedReader(clientConfig)) {
            properties.load(in);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "--client-config " + clientConfig + " cannot be read (" + Why.of(e) + ").", e);
        }
        var settings = new HashMap<String, String>();
        properties.stringPropertyNames().forEach(name -> settings.put(name, properties.getProperty(name)));
        return settings;
    }
}
