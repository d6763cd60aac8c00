package io.unifluid.worker.config;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.env.Environment;
import io.micronaut.context.env.PropertySource;
import io.micronaut.context.exceptions.ConfigurationException;
import io.micronaut.core.naming.NameUtils;
import io.unifluid.schemas.access.Variables;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the settings from application.yml, system properties and the environment; a bad one stops the start. What is
 * passed through to other clients is named {@code unifluid.worker.kafka.NAME}, and so on for {@link #GROUPS}; in files
 * {@code kafka.NAME} does as well, for what several apps share.
 */
public final class SettingsReader {
    private static final Logger log = LoggerFactory.getLogger(SettingsReader.class);
    /** What is passed through. */
    private static final List<String> GROUPS = List.of("kafka", "registry", "share-group");

    private final Environment environment;
    private final Map<String, String> variables;
    private final Map<String, String> passedThrough = new TreeMap<>();

    private SettingsReader(Environment environment, Map<String, String> variables) {
        this.environment = environment;
        this.variables = variables;
    }

    /** Reads the environment's variables too. */
    public static WorkerSettings read(Map<String, Object> properties) {
        return read(properties, System.getenv());
    }

    /**
     * @param properties go over all others
     * @throws IllegalArgumentException with one sentence that names the setting
     */
    public static WorkerSettings read(Map<String, Object> properties, Map<String, String> variables) {
        try (ApplicationContext context = ApplicationContext.builder()
                .banner(false)
                .deduceEnvironment(false)
                .environmentPropertySource(false)
                .propertySources(PropertySource.of(
                        "env",
                        new HashMap<String, Object>(variables),
                        PropertySource.PropertyConvention.ENVIRONMENT_VARIABLE,
                        PropertySource.Origin.of("env")))
                .properties(properties)
                .start()) {
            return new SettingsReader(context.getEnvironment(), variables).settings(context);
        }
    }

    private WorkerSettings settings(ApplicationContext context) {
        files();
        variables();
        Variables.unread(variables, variable(WorkerConfiguration.PREFIX), PassedThrough.KAFKA)
                .forEach(log::warn);
        refuseUnreadable(WorkerConfiguration.PREFIX, WorkerConfiguration.class);
        refuseUnreadable(FetchConfiguration.PREFIX, FetchConfiguration.class);
        return context.getBean(WorkerConfiguration.class)
                .settings(
                        context.getBean(FetchConfiguration.class),
                        passedThrough("kafka"),
                        passedThrough("registry"),
                        passedThrough("share-group"));
    }

    private Map<String, String> passedThrough(String group) {
        return passedThrough.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(group + "."))
                .collect(Collectors.toMap(entry -> entry.getKey().substring(group.length() + 1), Map.Entry::getValue));
    }

    /** Files, system properties and arguments; what is said for this app alone goes over what is said for all. */
    private void files() {
        Map<String, String> own = new HashMap<>();
        for (PropertySource source : inOrder()) {
            for (String key : source) {
                if (GROUPS.stream().anyMatch(group -> key.startsWith(group + "."))) {
                    passedThrough.put(key, text(source, key));
                } else if (key.startsWith(WorkerConfiguration.PREFIX + ".") && isPassedThrough(key)) {
                    own.put(key.substring(WorkerConfiguration.PREFIX.length() + 1), text(source, key));
                } else if (!isKnown(key, WorkerConfiguration.PREFIX, WorkerConfiguration.class)
                        || !isKnown(key, FetchConfiguration.PREFIX, FetchConfiguration.class)) {
                    throw unknown(key + " in " + source.getName());
                }
            }
        }
        passedThrough.putAll(own);
    }

    private static boolean isPassedThrough(String key) {
        return GROUPS.stream().anyMatch(group -> key.startsWith(WorkerConfiguration.PREFIX + "." + group + "."));
    }

    /** The lowest first, as Micronaut weighs them. */
    private List<PropertySource> inOrder() {
        return environment.getPropertySources().stream()
                .filter(source -> source.getConvention() != PropertySource.PropertyConvention.ENVIRONMENT_VARIABLE)
                .sorted(Comparator.comparingInt(PropertySource::getOrder))
                .toList();
    }

    /** With its placeholders resolved, so that a file can take a password from the environment. */
    private String text(PropertySource source, String key) {
        return environment.getPlaceholderResolver().resolveRequiredPlaceholders(String.valueOf(source.get(key)));
    }

    private void variables() {
        variables.forEach((name, value) -> {
            String worker = variable(WorkerConfiguration.PREFIX);
            String fetch = variable(FetchConfiguration.PREFIX);
            if (name.startsWith(worker)) {
                Variables.passedThrough(name.substring(worker.length()), GROUPS)
                        .ifPresentOrElse(
                                setting -> passedThrough.put(setting, value),
                                () -> refuseUnknown(name, worker, WorkerConfiguration.class));
            } else if (name.startsWith(fetch)) {
                refuseUnknown(name, fetch, FetchConfiguration.class);
            }
        });
    }

    private static String variable(String prefix) {
        return prefix.toUpperCase(Locale.ROOT).replace('.', '_') + "_";
    }

    private static void refuseUnknown(String variable, String prefix, Class<? extends Record> settings) {
        String name = variable.substring(prefix.length());
        for (RecordComponent component : settings.getRecordComponents()) {
            if (NameUtils.environmentName(component.getName()).equals(name)) {
                return;
            }
        }
        throw unknown(variable + " in the environment");
    }

    private static IllegalArgumentException unknown(String where) {
        return new IllegalArgumentException("The setting " + where + " is not known; correct its name or remove it.");
    }

    private static boolean isKnown(String key, String prefix, Class<? extends Record> settings) {
        if (!key.startsWith(prefix + ".")) {
            return true;
        }
        String name =
                key.substring(prefix.length() + 1).replaceAll("\\[\\d+]$", "").replace("-", "");
        for (var component : settings.getRecordComponents()) {
            if (component.getName().equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }

    /** Micronaut would take the default for what it cannot convert. */
    private void refuseUnreadable(String prefix, Class<? extends Record> settings) {
        for (RecordComponent component : settings.getRecordComponents()) {
            String name = prefix + "." + NameUtils.hyphenate(component.getName());
            Class<?> type = component.getType();
            if (type == String.class || type == List.class) {
                continue;
            }
            environment.getProperty(name, String.class).ifPresent(text -> {
                if (!readable(text, type, name)) {
                    throw new IllegalArgumentException(name + " is '" + text + "'; give " + wanted(type) + ".");
                }
            });
        }
    }

    private boolean readable(String text, Class<?> type, String name) {
        if (type == boolean.class) {
            return text.equals("true") || text.equals("false");
        }
        try {
            return environment.getProperty(name, type).isPresent();
        } catch (ConfigurationException e) {
            return false;
        }
    }

    private static String wanted(Class<?> type) {
        if (type.isEnum()) {
            return "one of " + Arrays.toString(type.getEnumConstants());
        }
        if (type == boolean.class) {
            return "true or false";
        }
        return type == Duration.class ? "a duration such as 30s" : "a whole number";
    }
}
