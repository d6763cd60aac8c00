package io.unifluid.schemas.access;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.resource.ResourceType;

/**
 * Says in one sentence why Kafka does not serve a process, where its operator can change that: a right, a password, a
 * certificate, an address, a setting. Kafka's own words name neither the operation nor, mostly, what it was asked of.
 *
 * @param brokers the address as the operator gave it
 * @param given the operator's settings of Kafka's clients
 * @param before what stands before the settings' names where the operator wrote them, for example {@code kafka.}
 */
public record Diagnosis(String brokers, Map<String, String> given, String before) {
    public Diagnosis {
        given = Map.copyOf(given);
    }

    /**
     * What is wrong, if the failure or what caused it is of this kind.
     *
     * @param asked what was done when it failed, where a refusal leaves that open
     */
    public Optional<String> of(Throwable failure, Need asked) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            var sentence = switch (cause) {
                case TopicAuthorizationException refusal -> refused(asked, refusal.unauthorizedTopics(), "topic");
                case GroupAuthorizationException refusal ->
                    refused(
                            asked.on() == ResourceType.GROUP ? asked : Need.group("?", AclOperation.READ),
                            refusal.groupId() == null ? Set.of() : Set.of(refusal.groupId()),
                            "group");
                case TransactionalIdAuthorizationException _ -> refused(asked, Set.of(), "transactional id");
                case ClusterAuthorizationException _ -> refused(asked, Set.of("kafka-cluster"), "cluster");
                case SslAuthenticationException refusal -> untrusted(refusal);
                case AuthenticationException refusal ->
                    "Kafka at " + brokers + " does not let this process in (" + refusal.getMessage()
                            + "): check the user and the password in " + before + "sasl.jaas.config, and "
                            + before + "sasl.mechanism.";
                case ConfigException wrong -> "A Kafka setting cannot be used: " + wrong.getMessage() + ".";
                case TimeoutException _ -> unanswered("in time");
                case java.util.concurrent.TimeoutException _ -> unanswered("in time");
                case KafkaException wrong when notOpened(wrong) -> unusable(wrong);
                default -> null;
            };
            if (sentence != null) {
                return Optional.of(sentence);
            }
        }
        return Optional.empty();
    }

    private String refused(Need asked, Set<String> names, String what) {
        var resource = what + " "
                + (names.isEmpty() ? asked.name() : names.stream().sorted().collect(Collectors.joining(", ")));
        return refused(List.of(asked.operations() + " " + resource), List.of(asked.operations() + " " + resource));
    }

    /**
     * One sentence for rights that are missing.
     *
     * @param refused what Kafka said no to, for example {@code DESCRIBE topic unifluid.results}
     * @param granted what would mend it
     */
    String refused(Collection<String> refused, Collection<String> granted) {
        return "Not allowed to " + String.join(", ", refused) + " at " + brokers + ": grant "
                + String.join(", ", granted)
                + " to this process's user; SECURITY.md lists what each process needs.";
    }

    private String untrusted(SslAuthenticationException refusal) {
        var innermost = innermost(refusal);
        var name = innermost instanceof java.security.cert.CertPathBuilderException
                || innermost instanceof java.security.cert.CertPathValidatorException
                || innermost instanceof java.security.InvalidAlgorithmParameterException;
        return name
                ? "The certificate of Kafka at " + brokers + " is not trusted: put the authority that signed it into "
                        + before + "ssl.truststore.location."
                : "The TLS connection to Kafka at " + brokers + " failed (" + innermost.getMessage() + "): check "
                        + before + "ssl.truststore.location, and that the certificate is for this host.";
    }

    /**
     * Why nobody answered. May take some seconds, since it looks.
     *
     * @param when for example {@code within 15 s}
     */
    public String unanswered(String when) {
        return "Kafka at " + brokers + " did not answer " + when + ": "
                + Silence.at(brokers).reason(protocol(), before + "security.protocol");
    }

    private String protocol() {
        return given.getOrDefault(
                CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, CommonClientConfigs.DEFAULT_SECURITY_PROTOCOL);
    }

    /** Of the clients' constructors: their settings were taken, and led to nothing. */
    private static boolean notOpened(KafkaException failure) {
        return failure.getMessage() != null
                && (failure.getMessage().startsWith("Failed to create new ")
                        || failure.getMessage().startsWith("Failed to construct kafka "));
    }

    private String unusable(KafkaException failure) {
        var known = failure.getCause();
        while (known != null && !(known instanceof ConfigException)) {
            known = known.getCause();
        }
        return "The Kafka settings cannot be used ("
                + (known == null ? reason(failure) : known.getMessage())
                + "): check " + before + "sasl.* and " + before + "ssl.*.";
    }

    /** What could not be read, and why; else the innermost says it best. */
    private static String reason(Throwable failure) {
        for (var outer = failure; outer.getCause() != null; outer = outer.getCause()) {
            if (outer.getCause() instanceof IOException inner) {
                return inner instanceof FileSystemException ? words(inner) : outer.getMessage() + ": " + words(inner);
            }
        }
        return words(innermost(failure));
    }

    private static String words(Throwable failure) {
        return switch (failure) {
            case NoSuchFileException missing -> "there is no file " + missing.getMessage();
            case AccessDeniedException closed -> "the file " + closed.getMessage() + " may not be read";
            default -> failure.getMessage() == null ? "no reason given" : failure.getMessage();
        };
    }

    private static Throwable innermost(Throwable failure) {
        var innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        return innermost;
    }

    /** No values: among them are passwords. */
    @Override
    public String toString() {
        return "Diagnosis[" + brokers + "]";
    }
}
