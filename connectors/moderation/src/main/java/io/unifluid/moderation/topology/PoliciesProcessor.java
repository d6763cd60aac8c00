package io.unifluid.moderation.topology;

import io.unifluid.moderation.event.PolicyBook;
import io.unifluid.moderation.event.PolicyRecords;
import io.unifluid.moderation.metrics.ModerationMetrics;
import io.unifluid.schemas.ModerationPolicy;
import io.unifluid.schemas.Topics;
import java.util.Optional;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the policies. A version that cannot judge is left out, counted and logged, and the one before it stays in force: what
 * somebody wrote never stops the topology.
 */
final class PoliciesProcessor implements Processor<String, byte[], Void, Void> {
    private static final Logger LOG = LoggerFactory.getLogger(PoliciesProcessor.class);

    private final PolicyBook policies;
    private final Deserializer<ModerationPolicy> decoder;
    private final ModerationMetrics metrics;

    PoliciesProcessor(PolicyBook policies, Deserializer<ModerationPolicy> decoder, ModerationMetrics metrics) {
        this.policies = policies;
        this.decoder = decoder;
        this.metrics = metrics;
    }

    @Override
    public void process(Record<String, byte[]> record) {
        if (record.key() != null && record.value() == null) {
            policies.remove(record.key());
            return;
        }
        var key = String.valueOf(record.key());
        Patiently.read(() -> decoder.deserialize(Topics.POLICIES.name(), record.headers(), record.value()))
                .flatMap(
                        policy -> {
                            var received = PolicyRecords.read(key, policy);
                            if (received.sound()) {
                                policies.put(received.policy());
                                return Optional.<String>empty();
                            }
                            return Optional.of(String.join(" ", received.problems()));
                        },
                        Optional::of)
                .ifPresent(why -> {
                    policies.remove(key);
                    metrics.unusable(Topics.POLICIES.name());
                    LOG.warn("The policy '{}' cannot judge and is left out: {}", key, why);
                });
    }
}
