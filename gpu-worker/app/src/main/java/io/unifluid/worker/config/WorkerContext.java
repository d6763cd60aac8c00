package io.unifluid.worker.config;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.ApplicationContextBuilder;
import io.micronaut.context.env.PropertySource;
import java.util.HashMap;
import java.util.Map;

/** The Micronaut context that a worker lives in, with what is not an operator's to decide. None is started here. */
public final class WorkerContext {
    /** Says whose context it is; see the package documentation of {@code io.unifluid.worker}. */
    public static final String APP = "unifluid.app";

    public static final String WORKER = "worker";

    /** Over files, system properties and {@code properties}. */
    private static final int ABOVE_ALL = 1000;

    private static final Map<String, Object> FRAMEWORK = Map.ofEntries(
            Map.entry(APP, WORKER),
            Map.entry("micronaut.application.name", "unifluid-worker"),
            Map.entry("micronaut.server.host", "${unifluid.worker.http-host:" + WorkerSettings.LOOPBACK + "}"),
            Map.entry("micronaut.server.port", "${unifluid.worker.http-port:9404}"),
            Map.entry("micronaut.netty.event-loops.default.num-threads", 1),
            // The three paths are ours; see health.Probes.
            Map.entry("endpoints.all.enabled", false),
            // Whoever wants to know asks; nothing is asked before the worker has started.
            Map.entry("micronaut.health.monitor.enabled", false),
            Map.entry("micronaut.metrics.binders.web.enabled", false),
            Map.entry("micronaut.metrics.binders.executor.enabled", false),
            // Asked at every line that is not logged, of which Kafka's clients have many.
            Map.entry("micronaut.metrics.binders.logback.enabled", false));

    private WorkerContext() {}

    /**
     * Reads {@code application.yml}, the JVM's system properties and the variables, each over those before.
     *
     * @throws IllegalArgumentException with one sentence about a variable that nothing reads
     */
    public static ApplicationContext ofProcess(Map<String, String> variables) {
        return reading(Map.of(), variables).build();
    }

    /**
     * For settings that are there already; reads no file, no property and no variable.
     *
     * @param beans what the worker finds beside its own
     */
    public static ApplicationContext of(WorkerSettings settings, Object... beans) {
        return builder(Map.of(
                        "unifluid.worker.http-host", settings.httpHost(),
                        "unifluid.worker.http-port", settings.httpPort()))
                .enableDefaultPropertySources(false)
                .singletons(settings)
                .singletons(beans)
                .build();
    }

    static ApplicationContextBuilder reading(Map<String, Object> properties, Map<String, String> variables) {
        SettingsReader.refuseUnknown(variables);
        return builder(properties)
                .environmentPropertySource(false)
                .propertySources(
                        PropertySource.of(
                                SettingsReader.ENVIRONMENT,
                                SettingsReader.ofOthers(variables),
                                PropertySource.PropertyConvention.ENVIRONMENT_VARIABLE,
                                PropertySource.Origin.of(SettingsReader.ENVIRONMENT)),
                        PropertySource.of(SettingsReader.VARIABLES, SettingsReader.named(variables), ABOVE_ALL));
    }

    private static ApplicationContextBuilder builder(Map<String, Object> properties) {
        Map<String, Object> all = new HashMap<>(properties);
        all.putAll(FRAMEWORK);
        return ApplicationContext.builder()
                .banner(false)
                .deduceEnvironment(false)
                .properties(all);
    }
}
