package io.unifluid.schemas.access;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * How the environment names what is passed through to the clients of Kafka and of the registry: {@code
 * UNIFLUID_WORKER_KAFKA_SASL_MECHANISM} is {@code kafka.sasl.mechanism} of the worker. Each app reads the variables with
 * its own name in them and no others.
 */
public final class Variables {
    private Variables() {}

    /**
     * @param rest of the variable's name behind the app's, for example {@code KAFKA_SASL_MECHANISM}
     * @param groups what is passed through, for example {@code kafka} and {@code share-group}
     * @return for example {@code kafka.sasl.mechanism}; empty for a variable of the app itself
     */
    public static Optional<String> passedThrough(String rest, List<String> groups) {
        for (var group : groups) {
            var prefix = group.toUpperCase(Locale.ROOT).replace('-', '_') + "_";
            if (rest.startsWith(prefix) && !rest.equals("REGISTRY_URL")) {
                return Optional.of(group + "."
                        + rest.substring(prefix.length())
                                .toLowerCase(Locale.ROOT)
                                .replace('_', '.'));
            }
        }
        return Optional.empty();
    }

    /**
     * One sentence for each variable that somebody may have meant for this app and that it does not read, since the name
     * lacks the app's.
     *
     * @param app as in its variables, for example {@code UNIFLUID_WORKER_}
     */
    public static List<String> unread(Map<String, String> variables, String app, KafkaNames names) {
        return new TreeSet<>(variables.keySet())
                .stream()
                        .filter(name -> names.known().get("").contains(meant(name)))
                        .map(name -> name + " in the environment is not read: write " + app + "KAFKA_"
                                + meant(name).toUpperCase(Locale.ROOT).replace('.', '_') + ".")
                        .toList();
    }

    /** The Kafka setting in {@code KAFKA_..} or {@code UNIFLUID_KAFKA_..}; empty for any other variable. */
    private static String meant(String variable) {
        var rest = variable.startsWith("UNIFLUID_") ? variable.substring("UNIFLUID_".length()) : variable;
        return passedThrough(rest, List.of("kafka"))
                .map(name -> name.substring("kafka.".length()))
                .orElse("");
    }
}
