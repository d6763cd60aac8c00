package io.unifluid.streams;

import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.RegistryErrors;
import io.unifluid.schemas.RegistryUnavailableException;
import io.unifluid.schemas.access.Need;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.streams.event.Names;
import io.unifluid.streams.readiness.RequiredTopics;
import io.unifluid.streams.readiness.StateFolder;
import jakarta.annotation.PostConstruct;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What must be so before anything is started. */
@Singleton
final class StartChecks {
    private static final Logger LOG = LoggerFactory.getLogger(StartChecks.class);

    private final StreamsSettings settings;
    private int partitions;

    StartChecks(StreamsSettings settings) {
        this.settings = settings;
    }

    /**
     * @throws IllegalStateException one sentence, when Kafka cannot be reached, topics are missing, the state folder
     *     cannot be written or the schema registry refuses
     */
    @PostConstruct
    void check() {
        partitions = new RequiredTopics(settings).check();
        new StateFolder(settings.stateDir()).check();
        registerSchemas();
    }

    /** Of every topic that is keyed by request id. */
    int partitions() {
        return partitions;
    }

    /** Asks anew what is allowed, since Kafka's refusal of one thing does not say which right it lacks. */
    Optional<String> refused(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidConfigurationException refusal) {
                try {
                    new RequiredTopics(settings).check();
                } catch (IllegalStateException e) {
                    return Optional.of(e.getMessage());
                }
                return settings.diagnosis().of(refusal, Need.topic("of the app", AclOperation.READ));
            }
        }
        return Optional.empty();
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
