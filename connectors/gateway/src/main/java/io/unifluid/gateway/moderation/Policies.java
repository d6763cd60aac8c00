package io.unifluid.gateway.moderation;

import io.unifluid.client.Cluster;
import io.unifluid.gateway.topic.CompactedTopic;
import io.unifluid.schemas.ModerationPolicy;
import io.unifluid.schemas.Topics;
import java.util.HashMap;
import java.util.Optional;

/** The tenants' policies, as they stand on their topic; which of them can judge is the moderation app's to say. Thread-safe. */
public final class Policies implements AutoCloseable {
    private final CompactedTopic<ModerationPolicy> known;

    Policies(Cluster cluster) {
        this.known = new CompactedTopic<>(cluster, Topics.POLICIES);
    }

    /** Whether there is a policy that has not been retired. */
    public boolean has(String tenant) {
        var latest = new HashMap<String, ModerationPolicy>();
        known.all().stream()
                .filter(policy -> policy.getTenant().equals(tenant))
                .forEach(policy -> latest.merge(
                        policy.getPolicy(),
                        policy,
                        (one, other) -> one.getVersion() > other.getVersion() ? one : other));
        return latest.values().stream().anyMatch(policy -> !policy.getRetired());
    }

    /** One version, as verdicts name it. */
    public Optional<ModerationPolicy> version(String tenant, String policy, int version) {
        return known.get(tenant + "/" + policy + "/" + version);
    }

    Optional<String> trouble() {
        return known.trouble();
    }

    @Override
    public void close() {
        known.close();
    }
}
