package io.unifluid.testkit;

import io.unifluid.schemas.Topics;
import java.nio.file.Path;
import java.util.Properties;

/** Settings of a single-node broker that starts fast, stays small and lets groups form at once. */
final class BrokerProperties {
    private BrokerProperties() {}

    static Properties of(Path data, int port, int controllerPort) {
        var p = new Properties();
        p.setProperty("process.roles", "broker,controller");
        p.setProperty("node.id", "1");
        p.setProperty("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        p.setProperty("controller.listener.names", "CONTROLLER");
        p.setProperty("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        p.setProperty("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
        p.setProperty("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        p.setProperty("inter.broker.listener.name", "PLAINTEXT");
        p.setProperty("log.dirs", data.toString());
        p.setProperty("auto.create.topics.enable", "false");
        for (var topic : new String[] {"offsets.topic", "transaction.state.log", "share.coordinator.state.topic"}) {
            p.setProperty(topic + ".replication.factor", "1");
            p.setProperty(topic + ".num.partitions", "4");
        }
        p.setProperty("transaction.state.log.min.isr", "1");
        p.setProperty("share.coordinator.state.topic.min.isr", "1");
        p.setProperty("message.max.bytes", Integer.toString(Topics.MAX_RECORD_BYTES));
        p.setProperty("group.initial.rebalance.delay.ms", "0");
        p.setProperty("group.streams.initial.rebalance.delay.ms", "0");
        p.setProperty("group.streams.min.session.timeout.ms", "1000");
        p.setProperty("group.share.min.heartbeat.interval.ms", "500");
        p.setProperty("group.share.heartbeat.interval.ms", "500");
        p.setProperty("group.share.min.session.timeout.ms", "5000");
        p.setProperty("group.share.session.timeout.ms", "5000");
        p.setProperty("log.cleaner.dedupe.buffer.size", "4194304");
        p.setProperty("num.recovery.threads.per.data.dir", "2");
        return p;
    }
}
