package io.unifluid.stack;

import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * How to reach a stack that is ready.
 *
 * @param pid of the process that owns it
 * @param blobs the claim-check store's location
 * @param model a bundle folder, or {@code noop}
 * @param components process ids of those that were started
 */
public record RunningStack(
        long pid,
        Instant readyAt,
        String bootstrapServers,
        String registryUrl,
        String blobs,
        String model,
        Map<Component, Long> components) {
    public RunningStack {
        components = Map.copyOf(components);
    }

    static Optional<RunningStack> read(Path data) {
        var p = new Properties();
        try (var in = Files.newBufferedReader(file(data))) {
            p.load(in);
            var components = new EnumMap<Component, Long>(Component.class);
            for (var component : Component.values()) {
                var pid = p.getProperty("pid." + component.id());
                if (pid != null) {
                    components.put(component, Long.valueOf(pid));
                }
            }
            return Optional.of(new RunningStack(
                    Long.parseLong(p.getProperty("pid")),
                    Instant.parse(p.getProperty("readyAt")),
                    p.getProperty("bootstrapServers"),
                    p.getProperty("registryUrl"),
                    p.getProperty("blobs"),
                    p.getProperty("model"),
                    components));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new EnvironmentProblem("Could not read " + file(data) + " (" + e.getMessage() + ").", e);
        }
    }

    void write(Path data) {
        var p = new Properties();
        p.setProperty("pid", Long.toString(pid));
        p.setProperty("readyAt", readyAt.toString());
        p.setProperty("bootstrapServers", bootstrapServers);
        p.setProperty("registryUrl", registryUrl);
        p.setProperty("blobs", blobs);
        p.setProperty("model", model);
        components.forEach((component, id) -> p.setProperty("pid." + component.id(), id.toString()));
        var incoming = data.resolve("stack.properties.incoming");
        try {
            OwnerOnly.createFile(incoming);
            try (var out = Files.newBufferedWriter(incoming)) {
                p.store(out, "Written by the process that owns this stack; counts only while stack.lock is locked.");
            }
            Files.move(incoming, file(data), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new EnvironmentProblem("Could not write " + file(data) + " (" + e.getMessage() + ").", e);
        }
    }

    static void remove(Path data) throws IOException {
        Files.deleteIfExists(file(data));
    }

    private static Path file(Path data) {
        return data.resolve("stack.properties");
    }
}
