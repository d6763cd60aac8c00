package io.unifluid.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;

/**
 * Prepares the brokers' side of the share groups before a member joins: a group that starts without
 * {@code share.auto.offset.reset=earliest} skips what lies on its lane already.
 */
final class ShareGroups {
    private static final Duration AGAIN = Duration.ofMillis(300);
    private static final String RESET = "share.auto.offset.reset";
    private static final String ISOLATION = "share.isolation.level";
    private static final String LOCK = "share.record.lock.duration.ms";

    /** What an operator does not set, and what to do instead. */
    static final Map<String, String> KEPT = Map.of(
            RESET, "a correct worker depends on its own value; remove it.",
            ISOLATION, "a correct worker depends on its own value; remove it.",
            LOCK, "set lock.");

    private final KafkaSettings settings;

    ShareGroups(KafkaSettings settings) {
        this.settings = settings;
    }

    /**
     * Waits for the lanes' topics and sets the groups' configs.
     *
     * @throws WorkerStartException if the broker does not answer in time, the topics stay away, or a config is refused
     */
    void prepare(Admin admin, List<Lane> lanes) throws InterruptedException {
        long until = System.nanoTime() + settings.startTimeout().toNanos();
        awaitTopics(admin, lanes, until);
        Collection<AlterConfigOp> ops = new ArrayList<>();
        configs()
                .forEach((name, value) ->
                        ops.add(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET)));
        Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
        lanes.forEach(lane -> changes.put(new ConfigResource(ConfigResource.Type.GROUP, lane.group()), ops));
        await(admin.incrementalAlterConfigs(changes).all(), until);
    }

    /** What the groups are set to; the operator's settings and those that the worker depends on. */
    Map<String, String> configs() {
        Map<String, String> configs = new HashMap<>(settings.group());
        configs.put(RESET, "earliest");
        configs.put(ISOLATION, "read_committed");
        configs.put(LOCK, Long.toString(settings.lock().toMillis()));
        return configs;
    }

    private void awaitTopics(Admin admin, List<Lane> lanes, long until) throws InterruptedException {
        Set<String> missing = new HashSet<>();
        do {
            missing.clear();
            lanes.forEach(lane -> missing.add(lane.topic()));
            missing.removeAll(await(admin.listTopics().names(), until));
            if (missing.isEmpty()) {
                return;
            }
            Thread.sleep(AGAIN);
        } while (System.nanoTime() - until < 0);
        throw new WorkerStartException(
                "The topics " + missing + " do not exist at " + settings.bootstrapServers()
                        + "; create the topics before the worker starts.",
                null);
    }

    private <T> T await(KafkaFuture<T> future, long until) throws InterruptedException {
        try {
            return future.get(Math.max(1, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new WorkerStartException(
                    "Kafka at " + settings.bootstrapServers() + " did not answer within "
                            + settings.startTimeout().toSeconds() + " s; check the address and that it runs.",
                    e);
        } catch (ExecutionException e) {
            throw switch (e.getCause()) {
                case InvalidConfigurationException bad -> refused(bad);
                case InvalidRequestException bad -> refused(bad);
                case org.apache.kafka.common.errors.TimeoutException late ->
                    new WorkerStartException(
                            "Kafka at " + settings.bootstrapServers()
                                    + " does not answer; check the address and that it runs.",
                            late);
                default ->
                    new WorkerStartException(
                            "Kafka at " + settings.bootstrapServers() + " refused: "
                                    + e.getCause().getMessage(),
                            e.getCause());
            };
        }
    }

    private static WorkerStartException refused(Exception e) {
        return new WorkerStartException(
                "The broker refused a setting of the share groups: " + e.getMessage()
                        + " Change the worker's setting or the broker's bounds (group.share.*).",
                e);
    }
}
