package io.unifluid.worker;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.env.Environment;
import io.micronaut.context.env.PropertySource;
import io.micronaut.context.exceptions.ConfigurationException;
import io.micronaut.core.naming.NameUtils;
import io.micronaut.core.naming.conventions.StringConvention;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/** Reads the settings from application.yml, system properties and the environment; a bad one stops the start. */
final class SettingsReader {
    private SettingsReader() {}

    /**
     * @param properties go over all others
     * @throws IllegalArgumentException with one sentence that names the setting
     */
    static WorkerSettings read(Map<String, Object> properties) {
        try (ApplicationContext context = ApplicationContext.builder()
                .banner(false)
                .deduceEnvironment(false)
                .properties(properties)
                .start()) {
            refuseUnknown(context.getEnvironment());
            refuseUnreadable(context.getEnvironment(), WorkerConfiguration.PREFIX, WorkerConfiguration.class);
            refuseUnreadable(context.getEnvironment(), FetchConfiguration.PREFIX, FetchConfiguration.class);
            return context.getBean(WorkerConfiguration.class)
                    .settings(
                            context.getBean(FetchConfiguration.class),
                            passedThrough(context.getEnvironment(), "kafka").entrySet().stream()
                                    .filter(entry -> isKafkaSetting(entry.getKey()))
                                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)),
                            passedThrough(context.getEnvironment(), "registry"),
                            passedThrough(context.getEnvironment(), "share-group"));
        }
    }

    private static Map<String, String> passedThrough(Environment environment, String prefix) {
        return environment.getProperties(prefix, StringConvention.RAW).entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> String.valueOf(entry.getValue())));
    }

    /** Environment variables are left out: their names are ambiguous, and others' may begin alike. */
    private static void refuseUnknown(Environment environment) {
        for (PropertySource source : environment.getPropertySources()) {
            if (source.getConvention() == PropertySource.PropertyConvention.ENVIRONMENT_VARIABLE) {
                continue;
            }
            for (String key : source) {
                boolean known = isKnown(key, WorkerConfiguration.PREFIX, WorkerConfiguration.class)
                        && isKnown(key, FetchConfiguration.PREFIX, FetchConfiguration.class)
                        && (!key.startsWith("kafka.") || isKafkaSetting(key.substring("kafka.".length())));
                if (!known) {
                    throw new IllegalArgumentException("The setting " + key + " in " + source.getName()
                            + " is not known; correct its name or remove it.");
                }
            }
        }
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
    private static void refuseUnreadable(Environment environment, String prefix, Class<? extends Record> settings) {
        for (RecordComponent component : settings.getRecordComponents()) {
            String name = prefix + "." + NameUtils.hyphenate(component.getName());
            Class<?> type = component.getType();
            if (type == String.class || type == List.class) {
                continue;
            }
            environment.getProperty(name, String.class).ifPresent(text -> {
                if (!readable(text, type, environment, name)) {
                    throw new IllegalArgumentException(name + " is '" + text + "'; give " + wanted(type) + ".");
                }
            });
        }
    }

    private static boolean readable(String text, Class<?> type, Environment environment, String name) {
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

    private static boolean isKafkaSetting(String name) {
        return ConsumerConfig.configNames().contains(name)
                || ProducerConfig.configNames().contains(name)
                || AdminClientConfig.configNames().contains(name);
    }
}
