package io.unifluid.streams.config;

import io.micronaut.context.env.Environment;
import io.micronaut.context.env.PropertySource;
import io.micronaut.core.naming.conventions.StringConvention;
import io.unifluid.scheduling.task.Lane;
import io.unifluid.schemas.access.Variables;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The values under {@code unifluid.streams}, each under the one name that {@link SettingsReader} knows; in files also
 * those under {@code kafka} and {@code registry}, for what several apps share. An environment variable could mean many
 * names ({@code A_B} is {@code a.b} and {@code a-b}); Micronaut offers all of them, so they are read here again, in the
 * one way that fits.
 */
public final class NamedValues {
    private static final String PREFIX = "unifluid.streams";
    /** Before every variable of this app. */
    public static final String VARIABLE_PREFIX = "UNIFLUID_STREAMS_";
    /** What is passed through. */
    private static final List<String> GROUPS = List.of("kafka", "registry");

    public static Map<String, String> of(Environment environment, Map<String, String> variables) {
        var values = shared(environment);
        flatten("", environment.getProperties(PREFIX, StringConvention.RAW), values);
        variables.forEach((variable, value) -> {
            if (variable.startsWith(VARIABLE_PREFIX)) {
                var rest = variable.substring(VARIABLE_PREFIX.length());
                values.keySet().removeIf(name -> asVariable(name).equals(rest));
                values.put(name(rest), value);
            }
        });
        return values;
    }

    /** What files say to all apps; the lowest source first, as Micronaut weighs them. */
    private static TreeMap<String, String> shared(Environment environment) {
        var values = new TreeMap<String, String>();
        environment.getPropertySources().stream()
                .filter(source -> source.getConvention() != PropertySource.PropertyConvention.ENVIRONMENT_VARIABLE)
                .sorted(Comparator.comparingInt(PropertySource::getOrder))
                .forEach(source -> source.forEach(key -> {
                    if (GROUPS.stream().anyMatch(group -> key.startsWith(group + "."))) {
                        values.put(
                                key,
                                environment
                                        .getPlaceholderResolver()
                                        .resolveRequiredPlaceholders(String.valueOf(source.get(key))));
                    }
                }));
        return values;
    }

    /** The setting that an environment variable means, for example {@code KAFKA_SECURITY_PROTOCOL}. */
    static String name(String variable) {
        var lower = variable.toLowerCase(Locale.ROOT);
        var passedThrough = Variables.passedThrough(variable, GROUPS);
        if (passedThrough.isPresent()) {
            return passedThrough.get();
        }
        if (lower.startsWith("tenant_weights_")) {
            return "tenant-weights." + lower.substring("tenant_weights_".length());
        }
        var kebab = lower.replace('_', '-');
        if (kebab.startsWith("retry-")) {
            return "retry." + kebab.substring("retry-".length());
        }
        return Arrays.stream(Lane.values())
                .map(Lane::topicSuffix)
                .filter(lane -> kebab.startsWith("lanes-" + lane + "-"))
                .findFirst()
                .map(lane -> "lanes." + lane + "." + kebab.substring("lanes-".length() + lane.length() + 1))
                .orElse(kebab);
    }

    private static String asVariable(String name) {
        return name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    private static void flatten(String prefix, Map<?, ?> nested, Map<String, String> into) {
        nested.forEach((name, value) -> {
            if (value instanceof Map<?, ?> deeper) {
                flatten(prefix + name + ".", deeper, into);
            } else if (value instanceof Iterable<?> list) {
                into.put(prefix + name, String.join(",", strings(list)));
            } else if (value != null) {
                into.put(prefix + name, value.toString());
            }
        });
    }

    private static java.util.List<String> strings(Iterable<?> list) {
        var strings = new java.util.ArrayList<String>();
        list.forEach(item -> strings.add(String.valueOf(item)));
        return strings;
    }

    private NamedValues() {}
}
