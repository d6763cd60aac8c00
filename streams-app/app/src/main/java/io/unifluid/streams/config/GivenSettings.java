package io.unifluid.streams.config;

import io.micronaut.context.env.Environment;
import io.micronaut.context.env.PropertySource;
import io.micronaut.validation.validator.Validator;
import io.unifluid.schemas.access.RegistryOptions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What Micronaut's binding leaves out: it passes over names that nothing reads and values that it cannot convert, and it
 * changes the names in maps.
 */
final class GivenSettings {
    private static final String PREFIX = StreamsConfiguration.PREFIX + ".";
    private static final String ELEMENT_OF_A_LIST = "\\[\\d+]$";

    private final Environment environment;
    private final Set<String> names = new HashSet<>();
    private final Map<String, String> grouped = new TreeMap<>();

    private GivenSettings(Environment environment) {
        this.environment = environment;
    }

    /** @throws IllegalArgumentException one sentence about a name that nothing reads or a value that cannot be read */
    static GivenSettings of(Environment environment, Validator validator) {
        var given = new GivenSettings(environment);
        var sources = environment.getPropertySources().stream()
                .sorted(Comparator.comparingInt(PropertySource::getOrder))
                .toList();
        sources.forEach(given::shared);
        sources.forEach(given::own);
        KnownSettings.NAMES.unknown(given.names).ifPresent(sentence -> {
            throw new IllegalArgumentException(sentence);
        });
        KnownSettings.OWN.forEach((name, known) -> given.check(name, known, validator));
        return given;
    }

    Map<String, String> kafka() {
        var kafka = group(KnownSettings.KAFKA);
        PassedThrough.KAFKA.check(KnownSettings.KAFKA + ".", kafka);
        return kafka;
    }

    Map<String, String> registry(String url) {
        return RegistryOptions.of(KnownSettings.REGISTRY + ".", group(KnownSettings.REGISTRY), url);
    }

    Map<String, Double> tenantWeights() {
        var weights = new HashMap<String, Double>();
        group(KnownSettings.TENANT_WEIGHTS)
                .forEach((tenant, text) ->
                        weights.put(tenant, read(KnownSettings.TENANT_WEIGHTS + "." + tenant, text, Double.class)));
        return weights;
    }

    private Map<String, String> group(String group) {
        return grouped.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(group + "."))
                .collect(Collectors.toMap(entry -> entry.getKey().substring(group.length() + 1), Map.Entry::getValue));
    }

    /** What files say to all apps. */
    private void shared(PropertySource source) {
        for (var key : source) {
            if (source.getConvention() != PropertySource.PropertyConvention.ENVIRONMENT_VARIABLE
                    && KnownSettings.GROUPS.stream().anyMatch(group -> key.startsWith(group + "."))) {
                put(key, source, key);
            }
        }
    }

    private void own(PropertySource source) {
        for (var key : source) {
            if (key.startsWith(PREFIX)) {
                var name = key.substring(PREFIX.length()).replaceAll(ELEMENT_OF_A_LIST, "");
                var value = source.get(key);
                if (value instanceof Map<?, ?> map && map.isEmpty()) {
                    continue;
                }
                names.add(name);
                put(name, source, key);
            }
        }
    }

    private void put(String name, PropertySource source, String key) {
        var value = source.get(key);
        if (value != null) {
            grouped.put(name, text(source, String.valueOf(value)));
        }
    }

    /** Placeholders are for files; a password in the environment may look like one. */
    private String text(PropertySource source, String value) {
        return StreamsContext.isAsWritten(source)
                ? value
                : environment.getPlaceholderResolver().resolveRequiredPlaceholders(value);
    }

    private void check(String name, KnownSettings.Known known, Validator validator) {
        var value = environment
                .getProperty(PREFIX + name, String.class)
                .map(String::strip)
                .map(text -> read(name, text, known.type()))
                .orElse(null);
        validator.validateValue(known.settings(), known.component(), value).stream()
                .findFirst()
                .ifPresent(violation -> {
                    throw new IllegalArgumentException(Sentences.of(name, violation));
                });
    }

    private <V> V read(String name, String text, Class<V> type) {
        return (isBoolean(type) && !Set.of("true", "false").contains(text)
                        ? java.util.Optional.<V>empty()
                        : environment.convert(text, type))
                .orElseThrow(() -> new IllegalArgumentException(
                        "The setting " + name + " is '" + text + "'; it must be " + wanted(type) + "."));
    }

    private static boolean isBoolean(Class<?> type) {
        return type == boolean.class || type == Boolean.class;
    }

    private static String wanted(Class<?> type) {
        if (type.isEnum()) {
            var names = Arrays.stream(type.getEnumConstants())
                    .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
                    .toList();
            return String.join(", ", names.subList(0, names.size() - 1)) + " or " + names.getLast();
        }
        if (isBoolean(type)) {
            return "true or false";
        }
        if (type == Duration.class) {
            return "a duration such as 250ms, 5s, 10m, 24h or 7d";
        }
        return type == Double.class ? "a number" : "a whole number";
    }
}
