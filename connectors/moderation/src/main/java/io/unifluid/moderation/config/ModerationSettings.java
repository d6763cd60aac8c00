package io.unifluid.moderation.config;

import io.unifluid.moderation.policy.Decision;
import io.unifluid.schemas.access.Diagnosis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * All that the app can be told; application.yml lists the names and the defaults.
 *
 * @param registry settings of the schema registry's client, at least {@code schema.registry.url}
 * @param applicationId name of the consumer group and prefix of internal topics and transactions
 * @param stateDir folder of the stores; rebuilt from Kafka when it is lost
 * @param commitInterval how long a transaction lasts where nobody waits and others came just before; a submission passes through three
 * @param wakeUpInterval how often it is looked for submissions without an answer
 * @param answerWithin how long an answer is waited for, where the submission names no deadline
 * @param deadlineReserve how long after the deadline an answer is still waited for
 * @param retention how long a case is remembered: against a second verdict, and for decisions of people
 * @param withoutPolicy what becomes of the pictures of a tenant that has no policy
 * @param blobStore where claims are, to compare their pictures with the lists; none leaves that out
 * @param kafka passed to Kafka as it is
 */
public record ModerationSettings(
        String bootstrapServers,
        Map<String, String> registry,
        String applicationId,
        Path stateDir,
        int threads,
        Duration commitInterval,
        Duration wakeUpInterval,
        Duration answerWithin,
        Duration deadlineReserve,
        Duration retention,
        Decision withoutPolicy,
        Optional<String> blobStore,
        String httpHost,
        int httpPort,
        Map<String, String> kafka) {
    public ModerationSettings {
        registry = Map.copyOf(registry);
        kafka = Map.copyOf(kafka);
    }

    /** Says why Kafka does not serve the app. */
    public Diagnosis diagnosis() {
        return new Diagnosis(bootstrapServers, kafka, "kafka.");
    }

    /** No values of what is passed through: among them are passwords. */
    @Override
    public String toString() {
        return "ModerationSettings[" + applicationId + " on " + bootstrapServers + ", registry " + registry.keySet()
                + ", kafka " + kafka.keySet() + "]";
    }
}
