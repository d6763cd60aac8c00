package io.unifluid.stack;

import io.unifluid.schemas.Topics;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
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
                properties(node, data).store(out, "Written at every start.");
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

    private static Properties properties(BrokerNode node, Path data) {
        var p = new Properties();
        p.setProperty("process.roles", "broker,controller");
        p.setProperty("node.id", Integer.toString(node.id()));
        p.setProperty("controller.quorum.voters", String.join(",", node.voters()));
        p.setProperty("controller.listener.names", "CONTROLLER");
        p.setProperty(
                "listeners",
                "PLAINTEXT://127.0.0.1:" + node.port() + ",CONTROLLER://127.0.0.1:" + node.controllerPort());
        p.setProperty("advertised.listeners", "PLAINTEXT://127.0.0.1:" + node.advertisedPort());
        p.setProperty("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        p.setProperty("inter.broker.listener.name", "PLAINTEXT");
        p.setProperty("log.dirs", data.toString());
        p.setProperty("auto.create.topics.enable", "false");
        var replicas = Integer.toString(node.replicas());
        var least = Integer.toString(node.leastReplicas());
        p.setProperty("default.replication.factor", replicas);
        p.setProperty("min.insync.replicas", least);
        // Few partitions of internal topics, since each costs start-up time.
        for (var topic : new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
            p.setProperty(topic + ".replication.factor", replicas);
            p.setProperty(topic + ".num.partitions", "4");
        }
        p.setProperty("transaction.state.log.min.isr", least);
        p.setProperty("share.coordinator.state.topic.min.isr", least);
        p.setProperty("message.max.bytes", Integer.toString(Topics.MAX_RECORD_BYTES));
        // Groups form at once, and a killed member is noticed soon.
        p.setProperty("group.initial.rebalance.delay.ms", "0");
        p.setProperty("group.streams.initial.rebalance.delay.ms", "0");
        p.setProperty("group.streams.min.session.timeout.ms", "1000");
        p.setProperty("group.share.min.heartbeat.interval.ms", "500");
        p.setProperty("group.share.heartbeat.interval.ms", "500");
        // Where a lane has several partitions, those of a killed worker's readers rest until their session ends.
        p.setProperty("group.share.min.session.timeout.ms", "5000");
        p.setProperty("group.share.session.timeout.ms", "5000");
        p.setProperty("group.share.max.record.lock.duration.ms", "600000");
        if (node.voters().size() == 1) {
            // One that was killed is the same broker's rival until its session ends (9 s); it cannot start before.
            p.setProperty("broker.session.timeout.ms", "3000");
            p.setProperty("broker.heartbeat.interval.ms", "500");
        }
        // 4 MiB instead of 128 MiB of heap; the compacted topics here are small.
        p.setProperty("log.cleaner.dedupe.buffer.size", "4194304");
        p.setProperty("num.recovery.threads.per.data.dir", "2");
        p.setProperty("num.network.threads", "2");
        p.setProperty("num.io.threads", "4");
        node.more().forEach(p::setProperty);
        return p;
    }
}
