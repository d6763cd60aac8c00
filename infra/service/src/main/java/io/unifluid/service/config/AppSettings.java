package io.unifluid.service.config;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.ApplicationContextBuilder;
import io.micronaut.context.env.Environment;
import io.micronaut.context.env.PropertySource;
import io.micronaut.context.exceptions.ConfigurationException;
import io.micronaut.core.naming.NameUtils;
import io.unifluid.schemas.access.KafkaNames;
import io.unifluid.schemas.access.SettingNames;
import io.unifluid.schemas.access.Variables;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
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
 * The settings that an application has, and a context that reads them as Micronaut does, but strictly: Micronaut's binding
 * passes over names that nothing reads and over values that it cannot convert, and it changes the names in maps.
 *
 * <p>What is passed through to other clients is named {@code unifluid.APP.kafka.NAME} and so on; in files
 * {@code kafka.NAME} does as well, for what several applications share. In the environment every setting has one name,
 * {@code UNIFLUID_APP_..}. Immutable.
 */
public final class AppSettings {
    /** Says whose context it is: each application's beans are for its own contexts alone. */
    public static final String APP = "unifluid.app";

    /** Set in every context that reads its settings so; the beans of this module are for those alone. */
    public static final String SHARED = "unifluid.service";

    /** Over files, system properties and properties that are given. */
    private static final int ABOVE_ALL = 1000;

    private static final String ENVIRONMENT = "environment";
    private static final String ELEMENT_OF_A_LIST = "\\[\\d+]$";
    private static final Logger LOG = LoggerFactory.getLogger(AppSettings.class);

    /** Of one prefix: its settings by name, with their types, and what may stand behind it. */
    private record Group(String prefix, Map<String, Class<?>> types, List<String> passedThrough) {
        String variables() {
            return prefix.toUpperCase(Locale.ROOT).replace('.', '_') + "_";
        }

        /** @param before what stands before each name */
        SettingNames names(String before, String list) {
            return new SettingNames(
                    Stream.concat(
                                    types.keySet().stream(),
                                    passedThrough.stream().map(group -> group + ".*"))
                            .map(before::concat)
                            .collect(Collectors.toSet()),
                    list);
        }
    }

    private final String app;
    private final KafkaNames kafka;
    private final List<Group> groups;

    private AppSettings(String app, KafkaNames kafka, List<Group> groups) {
        this.app = app;
        this.kafka = kafka;
        this.groups = List.copyOf(groups);
    }

    /**
     * None yet.
     *
     * @param app its name in messages, for example {@code worker}
     * @param kafka what an operator may set of Kafka's own
     */
    public static AppSettings of(String app, KafkaNames kafka) {
        return new AppSettings(app, kafka, List.of());
    }

    /**
     * @param prefix what stands before the names, for example {@code unifluid.worker}
     * @param settings records whose components are the settings
     * @param passedThrough groups of names that belong to others, for example {@code kafka}
     */
    public AppSettings with(String prefix, List<Class<? extends Record>> settings, List<String> passedThrough) {
        var more = new ArrayList<>(groups);
        more.add(new Group(
                prefix,
                settings.stream()
                        .flatMap(group -> Arrays.stream(group.getRecordComponents()))
                        .collect(Collectors.toMap(
                                component -> NameUtils.hyphenate(component.getName()), RecordComponent::getType)),
                List.copyOf(passedThrough)));
        return new AppSettings(app, kafka, more);
    }

    /** All names, as {@code application.yml} lists them. */
    public Set<String> known() {
        return groups.stream()
                .flatMap(group -> Stream.concat(group.types().keySet().stream(), group.passedThrough().stream())
                        .map(name -> group.prefix() + "." + name))
                .collect(Collectors.toSet());
    }

    /**
     * A context that reads {@code application.yml}, the JVM's system properties and the variables, each over those before.
     *
     * @param properties go over files and system properties
     * @throws IllegalArgumentException with one sentence about a variable that nothing reads
     */
    public ApplicationContextBuilder reading(Map<String, ?> properties, Map<String, String> variables) {
        refuseUnknown(variables);
        return builder(properties)
                .environmentPropertySource(false)
                .propertySources(
                        PropertySource.of(
                                ENVIRONMENT,
                                ofOthers(variables),
                                PropertySource.PropertyConvention.ENVIRONMENT_VARIABLE,
                                PropertySource.Origin.of(ENVIRONMENT)),
                        PropertySource.of(variablesOfThisApp(), named(variables), ABOVE_ALL));
    }

    /** A context that reads no file, no property and no variable. */
    public ApplicationContextBuilder given(Map<String, ?> properties) {
        return builder(properties).enableDefaultPropertySources(false);
    }

    private static ApplicationContextBuilder builder(Map<String, ?> properties) {
        Map<String, Object> all = new HashMap<>(properties);
        all.put(SHARED, "true");
        return ApplicationContext.builder()
                .banner(false)
                .deduceEnvironment(false)
                .properties(all);
    }

    /** @throws IllegalArgumentException with one sentence about a name that nothing reads or a value that is none */
    public void check(Environment environment) {
        groups.forEach(group -> refuseUnknown(environment, group));
        groups.forEach(group -> group.types()
                .forEach((name, type) -> refuseUnreadable(environment, group.prefix() + "." + name, type)));
    }

    /**
     * What is passed through, by its names without the group's; what is said for this application alone goes over what is
     * said for all.
     */
    public Map<String, String> passedThrough(Environment environment, String group) {
        Map<String, String> all = new TreeMap<>();
        Map<String, String> own = new TreeMap<>();
        var ownPrefix = groups.getFirst().prefix() + "." + group + ".";
        for (PropertySource source : inOrder(environment)) {
            for (String key : source) {
                if (key.startsWith(group + ".")) {
                    all.put(key.substring(group.length() + 1), text(environment, source, key));
                } else if (key.startsWith(ownPrefix)) {
                    own.put(key.substring(ownPrefix.length()), text(environment, source, key));
                }
            }
        }
        all.putAll(own);
        return all;
    }

    private String variablesOfThisApp() {
        return "variables of the " + app;
    }

    private String list() {
        return "application.yml of the " + app;
    }

    /** The settings that variables mean, under the names that they have in files. */
    private Map<String, Object> named(Map<String, String> variables) {
        Map<String, Object> named = new HashMap<>();
        for (Group group : groups) {
            variables.forEach((variable, value) -> {
                if (variable.startsWith(group.variables()) && !value.isBlank()) {
                    group.names("", list())
                            .named(variable.substring(group.variables().length()), group.passedThrough())
                            .ifPresent(name -> named.put(group.prefix() + "." + name, value));
                }
            });
        }
        return named;
    }

    /** What is not for this app; files may name it in placeholders. */
    private Map<String, Object> ofOthers(Map<String, String> variables) {
        Map<String, Object> others = new HashMap<>(variables);
        groups.forEach(group -> others.keySet().removeIf(name -> name.startsWith(group.variables())));
        return others;
    }

    /** Micronaut would pass over them. */
    private void refuseUnknown(Map<String, String> variables) {
        for (Group group : groups) {
            group.names("", list())
                    .unknownVariable(variables.keySet(), group.variables(), group.passedThrough())
                    .ifPresent(sentence -> {
                        throw new IllegalArgumentException(sentence);
                    });
        }
        Variables.unread(variables, groups.getFirst().variables(), kafka).forEach(LOG::warn);
    }

    private void refuseUnknown(Environment environment, Group group) {
        Set<String> given = new HashSet<>();
        for (PropertySource source : inOrder(environment)) {
            for (String key : source) {
                boolean nothing = source.get(key) instanceof Map<?, ?> map && map.isEmpty();
                if (key.startsWith(group.prefix() + ".") && !nothing) {
                    given.add(key.replaceAll(ELEMENT_OF_A_LIST, ""));
                }
            }
        }
        group.names(group.prefix() + ".", list()).unknown(given).ifPresent(sentence -> {
            throw new IllegalArgumentException(sentence);
        });
    }

    /** The lowest first, as Micronaut weighs them; without the variables of others, which mean nothing here. */
    private static List<PropertySource> inOrder(Environment environment) {
        return environment.getPropertySources().stream()
                .filter(source -> source.getConvention() != PropertySource.PropertyConvention.ENVIRONMENT_VARIABLE)
                .sorted(Comparator.comparingInt(PropertySource::getOrder))
                .toList();
    }

    /** With its placeholders resolved, so that a file can take a password from the environment; one there is as it is. */
    private String text(Environment environment, PropertySource source, String key) {
        String written = String.valueOf(source.get(key));
        return source.getName().equals(variablesOfThisApp())
                ? written
                : environment.getPlaceholderResolver().resolveRequiredPlaceholders(written);
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
