package io.unifluid.moderation.config;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.BeanContext;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.env.Environment;
import io.unifluid.schemas.access.RegistryOptions;
import io.unifluid.service.config.AppSettings;
import io.unifluid.service.config.Refusals;
import io.unifluid.streams.config.PassedThrough;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The Micronaut context that the app lives in, with what is not an operator's to decide. None is started here. */
public final class ModerationContext {
    /** Says whose context it is; see the package documentation of {@code io.unifluid.moderation}. */
    public static final String MODERATION = "moderation";

    private static final String PREFIX = ModerationConfiguration.PREFIX;

    static final AppSettings SETTINGS = AppSettings.of("moderation app", PassedThrough.KAFKA)
            .with(PREFIX, List.of(ModerationConfiguration.class), List.of("kafka", "registry"));

    private static final Map<String, Object> FRAMEWORK = Map.ofEntries(
            Map.entry(AppSettings.APP, MODERATION),
            Map.entry("micronaut.application.name", "unifluid-moderation"),
            Map.entry("micronaut.server.host", "${" + PREFIX + ".http-host:127.0.0.1}"),
            Map.entry("micronaut.server.port", "${" + PREFIX + ".http-port:0}"),
            Map.entry("micronaut.netty.event-loops.default.num-threads", 1),
            // The three paths are those of the service module.
            Map.entry("endpoints.all.enabled", false),
            Map.entry("micronaut.health.monitor.enabled", false),
            Map.entry("micronaut.metrics.binders.web.enabled", false),
            Map.entry("micronaut.metrics.binders.executor.enabled", false),
            Map.entry("micronaut.metrics.binders.logback.enabled", false));

    /**
     * Reads {@code application.yml}, the JVM's system properties and the variables, each over those before.
     *
     * @throws IllegalArgumentException one sentence about a variable that nothing reads
     */
    public static ApplicationContext ofProcess(Map<String, String> variables) {
        return SETTINGS.reading(FRAMEWORK, variables).build();
    }

    /** For settings that are there already; reads no file, no property and no variable. */
    public static ApplicationContext of(ModerationSettings settings) {
        return SETTINGS.given(with(Map.of(
                        PREFIX + ".http-host", settings.httpHost(),
                        PREFIX + ".http-port", settings.httpPort())))
                .singletons(settings)
                .build();
    }

    /**
     * Reads settings by their names, as application.yml lists them, for example {@code bootstrap-servers}.
     *
     * @throws IllegalArgumentException one sentence that names the setting that is missing, unknown or wrong
     */
    public static ModerationSettings settings(Map<String, String> values) {
        var prefixed = new HashMap<String, Object>();
        values.forEach((name, value) -> prefixed.put(PREFIX + "." + name, value));
        return read(SETTINGS.given(with(prefixed)).build());
    }

    static ModerationSettings read(ApplicationContext unstarted) {
        try (var context = unstarted.start()) {
            return context.getBean(ModerationSettings.class);
        } catch (RuntimeException e) {
            throw Refusals.unwrapped(e, IllegalArgumentException.class);
        }
    }

    /** All names, as {@code application.yml} lists them. */
    static Set<String> known() {
        return SETTINGS.known();
    }

    private static Map<String, Object> with(Map<String, Object> properties) {
        var all = new HashMap<>(properties);
        all.putAll(FRAMEWORK);
        return all;
    }

    /** Makes of what was configured what the app works with. */
    @Factory
    static final class Reader {
        @Singleton
        @Requires(missingBeans = ModerationSettings.class)
        ModerationSettings settings(Environment environment, BeanContext beans) {
            var kafka = SETTINGS.passedThrough(environment, "kafka");
            PassedThrough.KAFKA.check("kafka.", kafka);
            var registry = SETTINGS.passedThrough(environment, "registry");
            SETTINGS.check(environment);
            var app = beans.getBean(ModerationConfiguration.class);
            return new ModerationSettings(
                    app.bootstrapServers().strip(),
                    RegistryOptions.of("registry.", registry, app.registryUrl().strip()),
                    app.applicationId().strip(),
                    Path.of(app.stateDir().strip()),
                    app.threads(),
                    app.commitInterval(),
                    app.wakeUpInterval(),
                    app.answerWithin(),
                    app.deadlineReserve(),
                    app.retention(),
                    app.withoutPolicy(),
                    Optional.ofNullable(app.blobStore()).map(String::strip).filter(text -> !text.isEmpty()),
                    app.httpHost().strip(),
                    app.httpPort(),
                    kafka);
        }
    }

    private ModerationContext() {}
}
