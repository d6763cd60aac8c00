package io.unifluid.stack;

import io.unifluid.schemas.Topics;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

/** Settings of a broker that is its own controller (KRaft), starts fast, stays small and lets groups form at once. */
public final class BrokerProperties {
    private BrokerProperties() {}

    /**
     * The only node of its cluster, on loopback without security.
     *
     * @param data the folder of its logs
     */
    public static Properties only(Path data, int port, int controllerPort) {
        return of(data, 1, port, port, controllerPort, List.of("1@127.0.0.1:" + controllerPort), 1, 1);
    }

    static Properties of(BrokerNode node, Path data) {
        var p = of(
                data,
                node.id(),
                node.port(),
                node.advertisedPort(),
                node.controllerPort(),
                node.voters(),
                node.replicas(),
                node.leastReplicas());
        if (node.voters().size() == 1) {
            // One that was killed is the same broker's rival until its session ends (9 s); it cannot start before.
            p.setProperty("broker.session.timeout.ms", "3000");
            p.setProperty("broker.heartbeat.interval.ms", "500");
        }
        p.setProperty("num.network.threads", "2");
        p.setProperty("num.io.threads", "4");
        node.more().forEach(p::setProperty);
        return p;
    }

    private static Properties of(
            Path data,
            int id,
            int port,
            int advertisedPort,
            int controllerPort,
            List<String> voters,
            int replicas,
            int leastReplicas) {
        var p = new Properties();
        p.setProperty("process.roles", "broker,controller");
        p.setProperty("node.id", Integer.toString(id));
        p.setProperty("controller.quorum.voters", String.join(",", voters));
        p.setProperty("controller.listener.names", "CONTROLLER");
        p.setProperty("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        p.setProperty("advertised.listeners", "PLAINTEXT://127.0.0.1:" + advertisedPort);
        p.setProperty("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        p.setProperty("inter.broker.listener.name", "PLAINTEXT");
        p.setProperty("log.dirs", data.toString());
        p.setProperty("auto.create.topics.enable", "false");
        p.setProperty("default.replication.factor", Integer.toString(replicas));
        p.setProperty("min.insync.replicas", Integer.toString(leastReplicas));
        // Few partitions of internal topics, since each costs start-up time.
        for (var topic : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            p.setProperty(topic + ".replication.factor", Integer.toString(replicas));
            p.setProperty(topic + ".num.partitions", "4");
        }
        p.setProperty("transaction.state.log.min.isr", Integer.toString(leastReplicas));
        p.setProperty("share.coordinator.state.topic.min.isr", Integer.toString(leastReplicas));
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
        // 4 MiB instead of 128 MiB of heap; the compacted topics here are small.
        p.setProperty("log.cleaner.dedupe.buffer.size", "4194304");
        p.setProperty("num.recovery.threads.per.data.dir", "2");
        return p;
    }
}
