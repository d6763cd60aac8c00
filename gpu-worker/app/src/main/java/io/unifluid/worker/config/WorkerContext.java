package io.unifluid.worker.config;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.ApplicationContextBuilder;
import io.unifluid.service.config.AppSettings;
import java.util.HashMap;
import java.util.Map;

/** The Micronaut context that a worker lives in, with what is not an operator's to decide. None is started here. */
public final class WorkerContext {
    /** Says whose context it is; see the package documentation of {@code io.unifluid.worker}. */
    public static final String APP = AppSettings.APP;

    public static final String WORKER = "worker";

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
        return SettingsReader.SETTINGS
                .given(framework(Map.of(
                        "unifluid.worker.http-host", settings.httpHost(),
                        "unifluid.worker.http-port", settings.httpPort())))
                .singletons(settings)
                .singletons(beans)
                .build();
    }

    static ApplicationContextBuilder reading(Map<String, Object> properties, Map<String, String> variables) {
        return SettingsReader.SETTINGS.reading(framework(properties), variables);
    }

    private static Map<String, Object> framework(Map<String, Object> properties) {
        Map<String, Object> all = new HashMap<>(properties);
        all.putAll(FRAMEWORK);
        return all;
    }
}
