package io.unifluid.streams;

import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.streams.event.Names;
import io.unifluid.streams.readiness.RequiredTopics;
import io.unifluid.streams.readiness.StateFolder;
import io.unifluid.streams.running.StartRefusals;
import jakarta.annotation.PostConstruct;
import jakarta.inject.Singleton;
import java.util.Optional;

/** What must be so before anything is started. */
@Singleton
final class StartChecks {
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
        StartRefusals.register(settings.registry(), Names.WRITTEN);
    }

    /** Of every topic that is keyed by request id. */
    int partitions() {
        return partitions;
    }

    Optional<String> refused(Throwable failure) {
        return StartRefusals.of(failure, () -> new RequiredTopics(settings).check(), settings.diagnosis());
    }
}
