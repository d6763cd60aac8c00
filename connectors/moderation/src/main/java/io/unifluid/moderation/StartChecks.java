package io.unifluid.moderation;

import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import io.unifluid.moderation.config.ModerationSettings;
import io.unifluid.moderation.topology.Names;
import io.unifluid.schemas.Topic;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.access.BrokerCheck;
import io.unifluid.schemas.access.Need;
import io.unifluid.streams.readiness.StateFolder;
import io.unifluid.streams.running.StartRefusals;
import jakarta.annotation.PostConstruct;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What must be so before anything is started; creates nothing. */
@Singleton
final class StartChecks {
    private final ModerationSettings settings;
    private int partitions;

    StartChecks(ModerationSettings settings) {
        this.settings = settings;
    }

    /**
     * @throws IllegalStateException one sentence, when Kafka cannot be reached, topics are missing, the state folder
     *     cannot be written or the schema registry refuses
     */
    @PostConstruct
    void check() {
        partitions = topics();
        new StateFolder(settings.stateDir()).check();
        StartRefusals.register(settings.registry(), Names.WRITTEN);
    }

    /** Of the topic on which the cases lie. */
    int partitions() {
        return partitions;
    }

    Optional<String> refused(Throwable failure) {
        return StartRefusals.of(failure, this::topics, settings.diagnosis());
    }

    private int topics() {
        return new BrokerCheck(settings.kafka(), settings.bootstrapServers(), settings.diagnosis())
                .require(
                        needs(),
                        (admin, patience) -> admin.describeTopics(List.of(Topics.CASES))
                                .allTopicNames()
                                .get(patience.toMillis(), TimeUnit.MILLISECONDS)
                                .get(Topics.CASES)
                                .partitions()
                                .size());
    }

    /** All that the app does on its brokers; SECURITY.md has the same as a table. */
    private List<Need> needs() {
        var needs = new ArrayList<Need>();
        Stream.of(Topics.SUBMISSIONS, Topics.DECISIONS, Topics.RESULTS, Topics.POLICIES, Topics.HASHES)
                .forEach(topic -> needs.add(Need.topic(topic.name(), READ)));
        needs.add(Need.topic(Topics.CASES, READ, WRITE));
        Names.WRITTEN.stream().map(Topic::name).forEach(topic -> needs.add(Need.topic(topic, WRITE)));
        needs.add(Need.topic(Topics.DEAD_LETTERS, WRITE));
        var application = settings.applicationId();
        Names.STORES.forEach(
                store -> needs.add(Need.topic(application + "-" + store + "-changelog", CREATE, READ, WRITE)));
        needs.add(Need.group(application, READ));
        needs.add(Need.transactionalId(application + "-*"));
        return needs;
    }
}
