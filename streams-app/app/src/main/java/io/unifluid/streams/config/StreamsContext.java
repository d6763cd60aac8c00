package io.unifluid.streams.config;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.ApplicationContextBuilder;
import io.micronaut.context.env.CommandLinePropertySource;
import io.micronaut.context.env.PropertySource;
import java.util.HashMap;
import java.util.Map;

/** The Micronaut context that a streams app lives in, with what is not an operator's to decide. None is started here. */
public final class StreamsContext {
    /** Says whose context it is; see the package documentation of {@code io.unifluid.streams}. */
    public static final String APP = "unifluid.app";

    public static final String STREAMS = "streams";
    /** Before every variable of this app. */
    public static final String VARIABLE_PREFIX = "UNIFLUID_STREAMS_";

    private static final String VARIABLES = "variables of the streams app";
    private static final String VALUES = "values";

    private static final Map<String, Object> FRAMEWORK = Map.ofEntries(
            Map.entry(APP, STREAMS),
            Map.entry("micronaut.application.name", "unifluid-streams"),
            Map.entry("micronaut.server.host", "${" + StreamsConfiguration.PREFIX + ".http-host:127.0.0.1}"),
            Map.entry("micronaut.server.port", "${" + StreamsConfiguration.PREFIX + ".http-port:0}"),
            Map.entry("micronaut.netty.event-loops.default.num-threads", 1),
            // The three paths are ours; see Probes.
            Map.entry("endpoints.all.enabled", false),
            // Who asks gets an answer of that moment; nobody needs one every minute in the log.
            Map.entry("micronaut.health.monitor.enabled", false),
            Map.entry("micronaut.metrics.binders.web.enabled", false),
            Map.entry("micronaut.metrics.binders.executor.enabled", false),
            // Asked at every line that is not logged, of which Kafka's clients have many.
            Map.entry("micronaut.metrics.binders.logback.enabled", false));

    /**
     * Reads {@code application.yml}, the JVM's system properties, the arguments and the variables, each over those before.
     *
     * @throws IllegalArgumentException one sentence, when a variable of this app is not known
     */
    public static ApplicationContext ofProcess(String[] arguments, Map<String, String> variables) {
        KnownSettings.NAMES
                .unknownVariable(variables.keySet(), VARIABLE_PREFIX, KnownSettings.GROUPS)
                .ifPresent(sentence -> {
                    throw new IllegalArgumentException(sentence);
                });
        return builder()
                .args(arguments)
                .environmentVariableExcludes(variables.keySet().stream()
                        .filter(variable -> variable.startsWith(VARIABLE_PREFIX))
                        .toArray(String[]::new))
                .propertySources(ofVariables(variables))
                .build();
    }

    /** For settings that are there already; reads no file, no property and no variable. */
    public static ApplicationContext of(StreamsSettings settings) {
        return builder()
                .deduceEnvironment(false)
                .enableDefaultPropertySources(false)
                .properties(Map.of(
                        StreamsConfiguration.PREFIX + ".http-host", settings.httpHost(),
                        StreamsConfiguration.PREFIX + ".http-port", settings.httpPort()))
                .singletons(settings)
                .build();
    }

    /** For settings by their names; reads no file, no property and no variable. */
    static ApplicationContext of(Map<String, String> values) {
        return builder()
                .deduceEnvironment(false)
                .enableDefaultPropertySources(false)
                .propertySources(source(VALUES, values))
                .build();
    }

    /**
     * An environment variable could mean many names ({@code A_B} is {@code a.b} and {@code a-b}), and Micronaut offers all
     * of them; here each has the one that is known.
     */
    static PropertySource ofVariables(Map<String, String> variables) {
        var values = new HashMap<String, String>();
        variables.forEach((variable, value) -> {
            if (variable.startsWith(VARIABLE_PREFIX) && !value.isBlank()) {
                KnownSettings.NAMES
                        .named(variable.substring(VARIABLE_PREFIX.length()), KnownSettings.GROUPS)
                        .ifPresent(name -> values.put(name, value));
            }
        });
        return source(VARIABLES, values);
    }

    /** Whether the values of a source are to be taken as they are. */
    static boolean isAsWritten(PropertySource source) {
        return source.getName().equals(VARIABLES) || source.getName().equals(VALUES);
    }

    private static PropertySource source(String name, Map<String, String> values) {
        var prefixed = new HashMap<String, Object>();
        values.forEach((key, value) -> prefixed.put(StreamsConfiguration.PREFIX + "." + key, value));
        return PropertySource.of(name, prefixed, CommandLinePropertySource.POSITION + 1);
    }

    private static ApplicationContextBuilder builder() {
        return ApplicationContext.builder().banner(false).properties(FRAMEWORK);
    }

    private StreamsContext() {}
}
