package io.unifluid.schemas.access;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;

/**
 * Which of Kafka's own settings a process takes from its operator. Whatever it does not take stops the start: a setting
 * that is passed over in silence may be the one that was to keep a secret.
 *
 * @param known the names that may stand behind each prefix; the prefix "" is for all clients of the process
 * @param kept settings that the process decides itself, each with what to do instead, as the end of a sentence
 */
public record KafkaNames(Map<String, Set<String>> known, Map<String, String> kept) {
    /** The prefixes of settings for one kind of client alone. */
    public static final String CONSUMER = "consumer.";

    public static final String PRODUCER = "producer.";
    public static final String ADMIN = "admin.";

    public KafkaNames {
        known = Map.copyOf(known);
        kept = Map.copyOf(kept);
    }

    /** The names of Kafka's consumers, producers and admin clients. */
    public static KafkaNames ofClients(Map<String, String> kept) {
        var every = new HashSet<>(ConsumerConfig.configNames());
        every.addAll(ProducerConfig.configNames());
        every.addAll(AdminClientConfig.configNames());
        return new KafkaNames(
                Map.of(
                        "",
                        Set.copyOf(every),
                        CONSUMER,
                        ConsumerConfig.configNames(),
                        PRODUCER,
                        ProducerConfig.configNames(),
                        ADMIN,
                        AdminClientConfig.configNames()),
                kept);
    }

    /** Beside these, the names behind one more prefix; names for "" join those that are there. */
    public KafkaNames with(String prefix, Set<String> names) {
        var more = new HashMap<>(known);
        more.merge(prefix, names, (some, others) -> {
            var all = new HashSet<>(some);
            all.addAll(others);
            return all;
        });
        return new KafkaNames(more, kept);
    }

    /**
     * @param before what stands before the names where the operator wrote them, for example {@code kafka.}
     * @throws IllegalArgumentException one sentence that names a setting that cannot be taken; it never shows a value
     */
    public void check(String before, Map<String, String> given) {
        for (var name : new java.util.TreeSet<>(given.keySet())) {
            var bare = bare(name);
            if (kept.containsKey(bare)) {
                throw new IllegalArgumentException(
                        "The setting " + before + name + " cannot be given: " + kept.get(bare));
            }
            if (!knows(name)) {
                throw new IllegalArgumentException("The setting " + before + name
                        + " is not known: no Kafka client of this process has it; correct its name or remove it.");
            }
            if (bare.equals(SaslConfigs.SASL_JAAS_CONFIG)) {
                checkLogin(before + name, given.get(name));
            }
        }
    }

    private boolean knows(String name) {
        return known.entrySet().stream()
                .anyMatch(behind -> name.startsWith(behind.getKey())
                        && behind.getValue()
                                .contains(name.substring(behind.getKey().length())));
    }

    private String bare(String name) {
        return known.keySet().stream()
                .filter(prefix -> !prefix.isEmpty() && name.startsWith(prefix))
                .findFirst()
                .map(prefix -> name.substring(prefix.length()))
                .orElse(name);
    }

    /** Kafka's own complaint would quote what it could not read, which may be a part of the password. */
    private static void checkLogin(String name, String login) {
        try {
            JaasContext.loadClientContext(Map.of(SaslConfigs.SASL_JAAS_CONFIG, new Password(login)));
        } catch (IllegalArgumentException | KafkaException e) {
            throw new IllegalArgumentException("The setting " + name
                    + " cannot be read: write LOGIN-MODULE required username=\"..\" password=\"..\"; with quotes and a"
                    + " semicolon at its end, as Kafka's documentation has it.");
        }
    }
}
