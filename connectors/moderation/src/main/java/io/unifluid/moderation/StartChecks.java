package io.unifluid.moderation;

import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import io.unifluid.moderation.config.ModerationSettings;
import io.unifluid.moderation.topology.Names;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.RegistryErrors;
import io.unifluid.schemas.RegistryUnavailableException;
import io.unifluid.schemas.Topic;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.access.BrokerCheck;
import io.unifluid.schemas.access.Need;
import io.unifluid.streams.readiness.StateFolder;
import jakarta.annotation.PostConstruct;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What must be so before anything is started; creates nothing. */
@Singleton
final class StartChecks {
    private static final Logger LOG = LoggerFactory.getLogger(StartChecks.class);

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
        registerSchemas();
    }

    /** Of the topic on which the cases lie. */
    int partitions() {
        return partitions;
    }

    /** Asks anew what is allowed, since Kafka's refusal of one thing does not say which right it lacks. */
    Optional<String> refused(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidConfigurationException refusal) {
                try {
                    topics();
                } catch (IllegalStateException e) {
                    return Optional.of(e.getMessage());
                }
                return settings.diagnosis().of(refusal, Need.topic("of the app", AclOperation.READ));
            }
        }
        return Optional.empty();
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

    /** One that is only silent is waited for: the threads try again, and the app is not ready until then. */
    private void registerSchemas() {
        try {
            new AvroSerdes(settings.registry()).register(Names.WRITTEN);
        } catch (RegistryUnavailableException e) {
            if (RegistryErrors.refuses(e)) {
                throw new IllegalStateException(e.getMessage(), e);
            }
            LOG.warn("{}", e.getMessage());
        }
    }
}
