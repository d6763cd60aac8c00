package io.unifluid.gateway.models;

import io.unifluid.gateway.config.GatewaySettings;
import io.unifluid.gateway.topic.CompactedTopic;
import io.unifluid.schemas.ModelNames;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.WorkerAnnouncement;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Which workers run, and so which models, by their own announcements. Thread-safe. */
@Singleton
public final class RunningModels {
    private final CompactedTopic<WorkerAnnouncement> announcements;

    RunningModels(GatewaySettings settings) {
        this.announcements = new CompactedTopic<>(settings.cluster(), Topics.WORKERS);
    }

    /** Those that have said lately that they run, the one that runs longest first. */
    public List<WorkerAnnouncement> workers() {
        var now = Instant.now();
        return announcements.all().stream()
                .filter(said ->
                        said.getAt().plusMillis(said.getValidForMillis()).isAfter(now))
                .sorted(Comparator.comparing(WorkerAnnouncement::getStartedAt)
                        .thenComparing(WorkerAnnouncement::getWorker))
                .toList();
    }

    /** The worker that runs longest of those with this model, by its name or its name and version. */
    public Optional<WorkerAnnouncement> named(String model) {
        return workers().stream()
                .filter(said -> ModelNames.of(said.getModel()).contains(model))
                .findFirst();
    }

    /**
     * The worker that runs longest of those that can do it.
     *
     * @param model by its name or its name and version; empty for whichever
     */
    public Optional<WorkerAnnouncement> able(Optional<String> model, ModelTask task) {
        return workers().stream()
                .filter(said -> does(said, task))
                .filter(said ->
                        model.map(ModelNames.of(said.getModel())::contains).orElse(true))
                .findFirst();
    }

    /** One that does not say what it does may do all. */
    private static boolean does(WorkerAnnouncement said, ModelTask task) {
        return said.getTasks().isEmpty() || said.getTasks().contains(task.announced());
    }

    public Optional<String> trouble() {
        return announcements.trouble();
    }

    @PreDestroy
    void close() {
        announcements.close();
    }
}
