package io.unifluid.gateway.config;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.ApplicationContextBuilder;
import io.unifluid.service.config.AppSettings;
import java.util.HashMap;
import java.util.Map;

/** The Micronaut context that a gateway lives in, with what is not an operator's to decide. None is started here. */
public final class GatewayContext {
    public static final String GATEWAY = "gateway";

    /** What is not an operator's to decide; TLS, for one, is, by Micronaut's own settings. */
    private static final Map<String, Object> FRAMEWORK = Map.ofEntries(
            Map.entry(AppSettings.APP, GATEWAY),
            Map.entry("micronaut.application.name", "unifluid-gateway"),
            Map.entry("micronaut.server.host", "${unifluid.gateway.http-host:" + GatewaySettings.LOOPBACK + "}"),
            Map.entry("micronaut.server.port", "${unifluid.gateway.http-port:8070}"),
            // What is read as it comes; whatever is held in memory is bounded by the buffer.
            Map.entry("micronaut.server.max-request-size", "${unifluid.gateway.max-upload:209715200}"),
            Map.entry("micronaut.server.max-request-buffer-size", "${unifluid.gateway.max-body:33554432}"),
            Map.entry("micronaut.server.multipart.max-file-size", "${unifluid.gateway.max-body:33554432}"),
            Map.entry("micronaut.server.netty.max-header-size", "${unifluid.gateway.max-header:16384}"),
            Map.entry("micronaut.server.idle-timeout", "${unifluid.gateway.idle-timeout:5m}"),
            Map.entry("micronaut.server.read-idle-timeout", "${unifluid.gateway.idle-timeout:5m}"),
            Map.entry("micronaut.server.write-idle-timeout", "${unifluid.gateway.idle-timeout:5m}"),
            // The three paths are ours; see health.Probes.
            Map.entry("endpoints.all.enabled", false),
            Map.entry("micronaut.health.monitor.enabled", false),
            Map.entry("micronaut.metrics.binders.web.enabled", false),
            Map.entry("micronaut.metrics.binders.executor.enabled", false),
            // Asked at every line that is not logged, of which Kafka's clients have many.
            Map.entry("micronaut.metrics.binders.logback.enabled", false));

    private GatewayContext() {}

    /**
     * Reads {@code application.yml}, the JVM's system properties and the variables, each over those before.
     *
     * @throws IllegalArgumentException with one sentence about a variable that nothing reads
     */
    public static ApplicationContext ofProcess(Map<String, String> variables) {
        return reading(Map.of(), variables).build();
    }

    /** For settings by their full names; reads no file, no property and no variable. */
    public static ApplicationContext of(Map<String, ?> settings) {
        return SettingsReader.SETTINGS.given(framework(settings)).build();
    }

    static ApplicationContextBuilder reading(Map<String, ?> properties, Map<String, String> variables) {
        return SettingsReader.SETTINGS.reading(framework(properties), variables);
    }

    private static Map<String, Object> framework(Map<String, ?> properties) {
        Map<String, Object> all = new HashMap<>(properties);
        all.putAll(FRAMEWORK);
        return all;
    }
}
