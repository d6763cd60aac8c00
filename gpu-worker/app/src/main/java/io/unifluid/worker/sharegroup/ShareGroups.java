package io.unifluid.worker.sharegroup;

import io.unifluid.schemas.Topics;
import io.unifluid.schemas.access.MissingRightsException;
import io.unifluid.schemas.access.Need;
import io.unifluid.schemas.access.RightsCheck;
import io.unifluid.worker.config.KafkaSettings;
import io.unifluid.worker.config.Lane;
import io.unifluid.worker.config.PassedThrough;
import io.unifluid.worker.config.WorkerStartException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;

/**
 * Prepares the brokers' side of the share groups before a member joins: a group that starts without
 * {@code share.auto.offset.reset=earliest} skips what lies on its lane already.
 */
public final class ShareGroups {
    private static final Duration AGAIN = Duration.ofMillis(300);

    private final KafkaSettings settings;

    public ShareGroups(KafkaSettings settings) {
        this.settings = settings;
    }

    /**
     * Waits for the lanes' topics and sets the groups' configs.
     *
     * @throws WorkerStartException if the broker does not answer in time, the topics stay away, a right is missing, or a
     *     config is refused
     */
    public void prepare(Admin admin, List<Lane> lanes) throws InterruptedException {
        long until = System.nanoTime() + settings.startTimeout().toNanos();
        awaitTopics(admin, needs(lanes), until);
        for (Lane lane : lanes) {
            Collection<AlterConfigOp> ops = new ArrayList<>();
            configs(lane)
                    .forEach((name, value) ->
                            ops.add(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET)));
            ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, lane.group());
            await(
                    admin.incrementalAlterConfigs(Map.of(group, ops)).all(),
                    until,
                    Need.group(lane.group(), AclOperation.ALTER_CONFIGS));
        }
    }

    /** All that the worker does on its brokers but the groups' configs; SECURITY.md has the same as a table. */
    private static List<Need> needs(List<Lane> lanes) {
        List<Need> needs = new ArrayList<>();
        lanes.forEach(lane -> needs.add(Need.topic(lane.topic(), AclOperation.READ)));
        needs.add(Need.topic(Topics.OUTCOMES.name(), AclOperation.READ, AclOperation.WRITE));
        needs.add(Need.topic(Topics.WORKERS.name(), AclOperation.WRITE));
        needs.add(Need.topic(Topics.DEAD_LETTERS, AclOperation.WRITE));
        lanes.forEach(lane -> needs.add(Need.group(lane.group(), AclOperation.READ)));
        return needs;
    }

    /** What the groups are set to; the operator's settings and those that the worker depends on. */
    Map<String, String> configs(Lane lane) {
        Map<String, String> configs = new HashMap<>(settings.group());
        // What is older was for others: nothing is for a group before its first worker has said that it is there.
        configs.put(PassedThrough.SHARE_RESET, lane.ownGroup().isEmpty() ? "earliest" : "by_duration:PT1H");
        configs.put(PassedThrough.SHARE_ISOLATION, "read_committed");
        configs.put(PassedThrough.SHARE_LOCK, Long.toString(settings.lock().toMillis()));
        return configs;
    }

    private void awaitTopics(Admin admin, List<Need> needs, long until) throws InterruptedException {
        RightsCheck rights = new RightsCheck(admin, settings.diagnosis(), until);
        Set<String> missing;
        do {
            missing = missing(rights, needs);
            if (missing.isEmpty()) {
                return;
            }
            Thread.sleep(AGAIN);
        } while (System.nanoTime() - until < 0);
        throw new WorkerStartException(
                "The topics " + new TreeSet<>(missing) + " do not exist at " + settings.bootstrapServers()
                        + "; create the topics before the worker starts.",
                null);
    }

    private Set<String> missing(RightsCheck rights, List<Need> needs) throws InterruptedException {
        try {
            return rights.check(needs);
        } catch (MissingRightsException e) {
            throw new WorkerStartException(e.getMessage(), e);
        } catch (TimeoutException e) {
            throw unanswered(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof org.apache.kafka.common.errors.TimeoutException late
                    ? unanswered(late)
                    : failed(e, e.getCause(), needs.getFirst());
        }
    }

    private void await(KafkaFuture<?> future, long until, Need asked) throws InterruptedException {
        try {
            future.get(Math.max(1, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw unanswered(e);
        } catch (ExecutionException e) {
            throw switch (e.getCause()) {
                case AuthorizationException bad -> failed(e, bad, asked);
                case InvalidConfigurationException bad -> refused(bad);
                case InvalidRequestException bad -> refused(bad);
                case org.apache.kafka.common.errors.TimeoutException late -> unanswered(late);
                default -> failed(e, e.getCause(), asked);
            };
        }
    }

    private WorkerStartException unanswered(Exception e) {
        return new WorkerStartException(
                settings.diagnosis()
                        .unanswered("within " + settings.startTimeout().toSeconds() + " s"),
                e);
    }

    private WorkerStartException failed(Exception e, Throwable why, Need asked) {
        return new WorkerStartException(
                settings.diagnosis()
                        .of(why, asked)
                        .orElse("Kafka at " + settings.bootstrapServers() + " refused: " + why.getMessage()),
                e);
    }

    private static WorkerStartException refused(Exception e) {
        return new WorkerStartException(
                "The broker refused a setting of the share groups: " + e.getMessage()
                        + " Change the worker's setting or the broker's bounds (group.share.*).",
                e);
    }
}
