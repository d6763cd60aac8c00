package io.unifluid.stack;

import io.unifluid.schemas.Topics;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates what the system needs on a broker; again on the same broker changes nothing. */
final class SystemTopics {
    private static final int TIMEOUT_SECONDS = 30;

    private SystemTopics() {}

    /** Existing topics keep their partitions. */
    static void create(String bootstrapServers, int partitions, int lanePartitions, int replicas) {
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            var wanted = new ArrayList<NewTopic>();
            var lanes = Topics.lanes();
            Topics.all()
                    .forEach(topic -> wanted.add(topic(
                            topic.name(),
                            lanes.contains(topic) ? lanePartitions : partitions,
                            replicas,
                            topic.config())));
            var present = new HashSet<>(admin.listTopics().names().get(TIMEOUT_SECONDS, TimeUnit.SECONDS));
            // What an upgrade adds to topics that are there must have as many partitions as they have.
            int joined = present.contains(Topics.REQUESTS.name()) ? partitionsOfRequests(admin) : partitions;
            Topics.ofOthersRecords().forEach((name, config) -> wanted.add(topic(name, joined, replicas, config)));
            wanted.removeIf(topic -> present.contains(topic.name()));
            for (var created : admin.createTopics(wanted).values().entrySet()) {
                try {
                    created.getValue().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof TopicExistsException)) {
                        throw e;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentProblem("Interrupted while the stack was starting.", e);
        } catch (Exception e) {
            throw new EnvironmentProblem(
                    "The topics could not be created at " + bootstrapServers + " (" + e.getMessage() + ").", e);
        }
    }

    private static int partitionsOfRequests(Admin admin) throws Exception {
        var name = Topics.REQUESTS.name();
        return admin.describeTopics(Set.of(name))
                .allTopicNames()
                .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .get(name)
                .partitions()
                .size();
    }

    private static NewTopic topic(String name, int partitions, int replicas, Map<String, String> config) {
        return new NewTopic(name, Optional.of(partitions), Optional.of((short) replicas)).configs(config);
    }
}
