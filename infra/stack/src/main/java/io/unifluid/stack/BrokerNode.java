package io.unifluid.stack;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;

/**
 * One node of a cluster, broker and controller at once.
 *
 * @param id from 1
 * @param port for clients and other brokers
 * @param advertisedPort what others are told, when something stands between; else the same
 * @param folder of its settings and its data
 * @param log of its process
 * @param clusterId the same for all nodes; counts when the folder is fresh
 * @param voters {@code id@host:port} of every node's controller
 * @param more broker settings that go over the stack's own
 */
public record BrokerNode(
        int id,
        int port,
        int advertisedPort,
        int controllerPort,
        Path folder,
        Path log,
        String clusterId,
        List<String> voters,
        Map<String, String> more) {
    private static final int MOST_REPLICAS = 3;

    public BrokerNode {
        voters = List.copyOf(voters);
        more = Map.copyOf(more);
    }

    /** The only node of the local stack. */
    public static BrokerNode only(StackSettings settings) {
        return new BrokerNode(
                1,
                settings.port(Port.KAFKA),
                settings.port(Port.KAFKA),
                settings.port(Port.CONTROLLER),
                settings.data().resolve("kafka"),
                settings.log(Component.BROKER),
                Uuid.randomUuid().toString(),
                List.of("1@127.0.0.1:" + settings.port(Port.CONTROLLER)),
                Map.of());
    }

    /** For its files. */
    String name() {
        return voters.size() == 1 ? "broker" : "broker-" + id;
    }

    /** Copies of every topic of its cluster. */
    int replicas() {
        return Math.min(MOST_REPLICAS, voters.size());
    }

    /** Copies without which nothing is written. */
    int leastReplicas() {
        return replicas() == MOST_REPLICAS ? 2 : 1;
    }
}
