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
import io.unifluid.schemas.access.KafkaOptions;
import io.unifluid.schemas.access.MissingRightsException;
import io.unifluid.schemas.access.Need;
import io.unifluid.schemas.access.RightsCheck;
import io.unifluid.streams.readiness.StateFolder;
import jakarta.annotation.PostConstruct;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What must be so before anything is started; creates nothing. */
@Singleton
final class StartChecks {
    private static final Logger LOG = LoggerFactory.getLogger(StartChecks.class);
    private static final Duration PATIENCE = Duration.ofSeconds(15);

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
        var diagnosis = settings.diagnosis();
        var config = new KafkaOptions(settings.kafka()).admin();
        config.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis() / 3);
        try (var admin = Admin.create(config)) {
            var missing = new RightsCheck(admin, diagnosis, System.nanoTime() + PATIENCE.toNanos()).check(needs());
            if (!missing.isEmpty()) {
                throw new IllegalStateException("These topics are missing on " + settings.bootstrapServers() + ": "
                        + String.join(", ", new TreeSet<>(missing)) + "; create them (the local stack does).");
            }
            return admin.describeTopics(List.of(Topics.CASES))
                    .allTopicNames()
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .get(Topics.CASES)
                    .partitions()
                    .size();
        } catch (MissingRightsException e) {
            throw new IllegalStateException(e.getMessage(), e);
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            throw new IllegalStateException(
                    diagnosis
                            .of(e, Need.topic("", AclOperation.DESCRIBE))
                            .orElse("Kafka at " + settings.bootstrapServers() + " refused: " + causeOf(e)),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The start was interrupted.", e);
        }
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

    private static String causeOf(Exception e) {
        var cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
        return cause.getMessage() == null ? "no answer within " + PATIENCE.toSeconds() + " s" : cause.getMessage();
    }
}
