package io.unifluid.worker.config;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.BeanContext;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.env.Environment;
import io.micronaut.context.env.PropertySource;
import io.micronaut.context.exceptions.ConfigurationException;
import io.micronaut.core.naming.NameUtils;
import io.unifluid.schemas.access.SettingNames;
import io.unifluid.schemas.access.Variables;
import jakarta.inject.Singleton;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes of what was configured what the worker works with, and does what Micronaut's binding leaves out: it passes over
 * names that nothing reads and over values that it cannot convert, and it changes the names in maps. What is passed
 * through to other clients is named {@code unifluid.worker.kafka.NAME}, and so on for {@link #PASSED_THROUGH}; in files
 * {@code kafka.NAME} does as well, for what several apps share.
 */
@Factory
public final class SettingsReader {
    /** The sources that variables of this app come from, and those of others, for placeholders. */
    static final String VARIABLES = "variables of the worker";

    static final String ENVIRONMENT = "environment";

    static final List<String> PASSED_THROUGH = List.of("kafka", "registry", "share-group");

    private static final Logger log = LoggerFactory.getLogger(SettingsReader.class);
    private static final String ELEMENT_OF_A_LIST = "\\[\\d+]$";
    private static final String LIST = "application.yml of the worker";

    /** Of one app's prefix: its settings by name, with their types, and what may stand behind it. */
    private record Group(String prefix, Map<String, Class<?>> types, List<String> passedThrough) {
        String variables() {
            return prefix.toUpperCase(Locale.ROOT).replace('.', '_') + "_";
        }

        /** @param before what stands before each name */
        SettingNames names(String before) {
            return new SettingNames(
                    Stream.concat(
                                    types.keySet().stream(),
                                    passedThrough.stream().map(group -> group + ".*"))
                            .map(before::concat)
                            .collect(Collectors.toSet()),
                    LIST);
        }
    }

    private static final List<Group> GROUPS =
            List.of(group(WorkerConfiguration.WORKER, PASSED_THROUGH), group(WorkerConfiguration.FETCH, List.of()));

    private static Group group(String prefix, List<String> passedThrough) {
        return new Group(
                prefix,
                WorkerConfiguration.GROUPS.get(prefix).stream()
                        .flatMap(settings -> Arrays.stream(settings.getRecordComponents()))
                        .collect(Collectors.toMap(
                                component -> NameUtils.hyphenate(component.getName()), RecordComponent::getType)),
                passedThrough);
    }

    /** All names, as {@code application.yml} lists them. */
    static Set<String> known() {
        return GROUPS.stream()
                .flatMap(group -> Stream.concat(group.types().keySet().stream(), group.passedThrough().stream())
                        .map(name -> group.prefix() + "." + name))
                .collect(Collectors.toSet());
    }

    /** The settings that variables mean, under the names that they have in files. */
    static Map<String, Object> named(Map<String, String> variables) {
        Map<String, Object> named = new HashMap<>();
        for (Group group : GROUPS) {
            variables.forEach((variable, value) -> {
                if (variable.startsWith(group.variables()) && !value.isBlank()) {
                    group.names("")
                            .named(variable.substring(group.variables().length()), group.passedThrough())
                            .ifPresent(name -> named.put(group.prefix() + "." + name, value));
                }
            });
        }
        return named;
    }

    /** What is not for this app; files may name it in placeholders. */
    static Map<String, Object> ofOthers(Map<String, String> variables) {
        Map<String, Object> others = new HashMap<>(variables);
        GROUPS.forEach(group -> others.keySet().removeIf(name -> name.startsWith(group.variables())));
        return others;
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

    /**
     * Micronaut would pass over them.
     *
     * @throws IllegalArgumentException with one sentence about a variable that nothing reads
     */
    static void refuseUnknown(Map<String, String> variables) {
        for (Group group : GROUPS) {
            group.names("")
                    .unknownVariable(variables.keySet(), group.variables(), group.passedThrough())
                    .ifPresent(sentence -> {
                        throw new IllegalArgumentException(sentence);
                    });
        }
        Variables.unread(variables, GROUPS.getFirst().variables(), PassedThrough.KAFKA)
                .forEach(log::warn);
    }

    @Singleton
    @Requires(missingBeans = WorkerSettings.class)
    WorkerSettings settings(Environment environment, BeanContext beans) {
        Map<String, String> passedThrough = passedThrough(environment);
        GROUPS.forEach(group -> refuseUnknown(environment, group));
        GROUPS.forEach(group -> group.types()
                .forEach((name, type) -> refuseUnreadable(environment, group.prefix() + "." + name, type)));
        WorkerConfiguration.Process process = beans.getBean(WorkerConfiguration.Process.class);
        return new WorkerSettings(
                process.worker(),
                beans.getBean(WorkerConfiguration.Cluster.class)
                        .settings(
                                of("kafka", passedThrough),
                                of("registry", passedThrough),
                                of("share-group", passedThrough)),
                beans.getBean(WorkerConfiguration.Model.class).settings(),
                beans.getBean(WorkerConfiguration.Flow.class).settings(),
                beans.getBean(WorkerConfiguration.Pictures.class)
                        .settings(beans.getBean(WorkerConfiguration.Fetch.class)),
                process.httpHost().strip(),
                process.httpPort());
    }

    private static Map<String, String> of(String group, Map<String, String> passedThrough) {
        return passedThrough.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(group + "."))
                .collect(Collectors.toMap(entry -> entry.getKey().substring(group.length() + 1), Map.Entry::getValue));
    }

    /** What is said for this app alone goes over what is said for all. */
    private static Map<String, String> passedThrough(Environment environment) {
        Map<String, String> all = new TreeMap<>();
        Map<String, String> own = new TreeMap<>();
        for (PropertySource source : inOrder(environment)) {
            for (String key : source) {
                for (String group : PASSED_THROUGH) {
                    if (key.startsWith(group + ".")) {
                        all.put(key, text(environment, source, key));
                    } else if (key.startsWith(WorkerConfiguration.WORKER + "." + group + ".")) {
                        own.put(key.substring(WorkerConfiguration.WORKER.length() + 1), text(environment, source, key));
                    }
                }
            }
        }
        all.putAll(own);
        return all;
    }

    /** The lowest first, as Micronaut weighs them; without the variables of others, which mean nothing here. */
    private static List<PropertySource> inOrder(Environment environment) {
        return environment.getPropertySources().stream()
                .filter(source -> source.getConvention() != PropertySource.PropertyConvention.ENVIRONMENT_VARIABLE)
                .sorted(Comparator.comparingInt(PropertySource::getOrder))
                .toList();
    }

    /** With its placeholders resolved, so that a file can take a password from the environment; one there is as it is. */
    private static String text(Environment environment, PropertySource source, String key) {
        String written = String.valueOf(source.get(key));
        return source.getName().equals(VARIABLES)
                ? written
                : environment.getPlaceholderResolver().resolveRequiredPlaceholders(written);
    }

    private static void refuseUnknown(Environment environment, Group group) {
        Set<String> given = new HashSet<>();
        for (PropertySource source : inOrder(environment)) {
            for (String key : source) {
                boolean nothing = source.get(key) instanceof Map<?, ?> map && map.isEmpty();
                if (key.startsWith(group.prefix() + ".") && !nothing) {
                    given.add(key.replaceAll(ELEMENT_OF_A_LIST, ""));
                }
            }
        }
        group.names(group.prefix() + ".").unknown(given).ifPresent(sentence -> {
            throw new IllegalArgumentException(sentence);
        });
    }

    /** Micronaut would take the default for what it cannot convert. */
    private static void refuseUnreadable(Environment environment, String name, Class<?> type) {
        if (type != String.class && type != List.class) {
            environment.getProperty(name, String.class).ifPresent(text -> {
                if (!readable(environment, text, type, name)) {
                    throw new IllegalArgumentException(name + " is '" + text + "'; give " + wanted(type) + ".");
                }
            });
        }
    }

    private static boolean readable(Environment environment, String text, Class<?> type, String name) {
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
