package io.unifluid.worker.config;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.BeanContext;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.env.Environment;
import io.unifluid.service.config.AppSettings;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes of what was configured what the worker works with; see {@link AppSettings} for how it is read. */
@Factory
public final class SettingsReader {
    static final AppSettings SETTINGS = AppSettings.of("worker", PassedThrough.KAFKA)
            .with(
                    WorkerConfiguration.WORKER,
                    WorkerConfiguration.GROUPS.get(WorkerConfiguration.WORKER),
                    List.of("kafka", "registry", "share-group"))
            .with(WorkerConfiguration.FETCH, WorkerConfiguration.GROUPS.get(WorkerConfiguration.FETCH), List.of());

    /** All names, as {@code application.yml} lists them. */
    static Set<String> known() {
        return SETTINGS.known();
    }

    /** Reads files, system properties and the environment's variables too. */
    public static WorkerSettings read(Map<String, Object> properties) {
        return read(properties, System.getenv());
    }

    /**
     * @param properties go over files and system properties
     * @throws IllegalArgumentException with one sentence that names the setting
     */
    public static WorkerSettings read(Map<String, Object> properties, Map<String, String> variables) {
        try (ApplicationContext context =
                WorkerContext.reading(properties, variables).start()) {
            return context.getBean(WorkerSettings.class);
        } catch (RuntimeException e) {
            throw Sentences.unwrapped(e);
        }
    }

    @Singleton
    @Requires(missingBeans = WorkerSettings.class)
    WorkerSettings settings(Environment environment, BeanContext beans) {
        Map<String, String> kafka = SETTINGS.passedThrough(environment, "kafka");
        Map<String, String> registry = SETTINGS.passedThrough(environment, "registry");
        Map<String, String> shareGroup = SETTINGS.passedThrough(environment, "share-group");
        SETTINGS.check(environment);
        WorkerConfiguration.Process process = beans.getBean(WorkerConfiguration.Process.class);
        return new WorkerSettings(
                process.worker(),
                beans.getBean(WorkerConfiguration.Cluster.class).settings(kafka, registry, shareGroup),
                beans.getBean(WorkerConfiguration.Model.class).settings(),
                beans.getBean(WorkerConfiguration.Flow.class).settings(),
                beans.getBean(WorkerConfiguration.Pictures.class)
                        .settings(beans.getBean(WorkerConfiguration.Fetch.class)),
                process.httpHost().strip(),
                process.httpPort());
    }
}
