package io.unifluid.stack;

import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A Kafka broker (KRaft) from Kafka's public main classes; its data stays in the data folder. */
final class BrokerProcess {
    private static final int FORMAT_SECONDS = 60;

    private BrokerProcess() {}

    static ChildProcess start(BrokerNode node, Libraries libraries, Path archives) {
        var folder = node.folder();
        var file = folder.resolve("server.properties");
        var data = folder.resolve("data");
        try {
            OwnerOnly.createFolder(folder);
            OwnerOnly.createFile(file);
            try (var out = Files.newBufferedWriter(file)) {
                BrokerProperties.of(node, data).store(out, "Written at every start.");
            }
            if (!Files.exists(data.resolve("meta.properties"))) {
                format(node, libraries, archives, file);
            }
        } catch (IOException e) {
            throw new EnvironmentProblem("Could not prepare the broker in " + folder + " (" + e.getMessage() + ").", e);
        }
        var command = new JavaCommand(node.name(), libraries.broker(), "kafka.Kafka", "512m")
                .with(Map.of("logback.configurationFile", ChildLogging.RESOURCE))
                .withArguments(file.toString());
        return ChildProcess.start(Component.BROKER, node.log(), command.line(archives), Map.of());
    }

    private static void format(BrokerNode node, Libraries libraries, Path archives, Path file) throws IOException {
        var command = new JavaCommand(node.name() + "-format", libraries.broker(), "kafka.tools.StorageTool", "128m")
                .readingCacheOf(node.name())
                .with(Map.of("logback.configurationFile", ChildLogging.RESOURCE))
                .withArguments(
                        "format", "--ignore-formatted", "--cluster-id", node.clusterId(), "--config", file.toString());
        var log = node.folder().resolve("format.log");
        OwnerOnly.createFile(log);
        var process = new ProcessBuilder(ChildProcess.apart(command.line(archives)))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!process.waitFor(FORMAT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new EnvironmentProblem("The broker's data folder could not be formatted: see " + log + ".");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentProblem("Interrupted while the stack was starting.", e);
        } finally {
            process.destroyForcibly();
        }
    }
}
