package io.unifluid.gateway.moderation;

import io.unifluid.client.Awaited;
import io.unifluid.client.Cluster;
import io.unifluid.client.TopicScan;
import io.unifluid.client.TopicWriter;
import io.unifluid.gateway.config.GatewaySettings;
import io.unifluid.schemas.AvroSerdes;
import io.unifluid.schemas.CaseDecision;
import io.unifluid.schemas.ModerationDecision;
import io.unifluid.schemas.Ruling;
import io.unifluid.schemas.Topic;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.Verdict;
import io.unifluid.schemas.access.EnvironmentProblem;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;

/**
 * What people must look at, and what they decide. The topics are read at each look, since few look, and opened for decisions at
 * the first, since most gateways judge nothing. Thread-safe.
 */
@Singleton
final class Reviews {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Cluster cluster;
    private Deciding deciding;

    Reviews(GatewaySettings settings) {
        this.cluster = settings.cluster();
    }

    /**
     * A flagged verdict as it stands.
     *
     * @param last what was decided about it last and accepted
     */
    record Item(Verdict verdict, Optional<Ruling> last) {
        /** Whether people must look: nobody decided, or somebody appealed since. */
        boolean open() {
            return last.map(Ruling::getOpen).orElse(true);
        }

        ModerationDecision inForce() {
            return last.map(Ruling::getDecision).orElseGet(verdict::getDecision);
        }

        int revision() {
            return last.map(Ruling::getRevision).orElse(0);
        }
    }

    /**
     * Those of the tenant at which people must still look, the oldest first.
     *
     * @throws EnvironmentProblem when the topics cannot be read
     */
    List<Item> open(String tenant) {
        return flagged(tenant).values().stream()
                .filter(Item::open)
                .sorted(Comparator.comparing((Item item) -> item.verdict().getDecidedAt())
                        .thenComparing(item -> item.verdict().getSubmissionId()))
                .toList();
    }

    /** Nothing for one that was not flagged, or is another tenant's. */
    Optional<Item> find(String tenant, String submission) {
        return Optional.ofNullable(flagged(tenant).get(submission));
    }

    private Map<String, Item> flagged(String tenant) {
        var items = new LinkedHashMap<String, Item>();
        read(Topics.FLAGGED, verdict -> {
            if (verdict.getTenant().equals(tenant)) {
                items.put(verdict.getSubmissionId(), new Item(verdict, Optional.empty()));
            }
        });
        read(Topics.RULINGS, ruling -> {
            if (ruling.getAccepted() && ruling.getTenant().equals(tenant)) {
                items.computeIfPresent(
                        ruling.getSubmissionId(), (_, item) -> new Item(item.verdict(), Optional.of(ruling)));
            }
        });
        return items;
    }

    /** What cannot be read is passed over. */
    private <V extends SpecificRecord> void read(Topic<V> topic, Consumer<V> take) {
        try (var scan = new TopicScan(cluster);
                var decoder = new AvroSerdes(cluster.registry()).deserializer(topic)) {
            scan.read(topic.name(), record -> {
                try {
                    var value = decoder.deserialize(topic.name(), record.headers(), record.value());
                    if (value != null) {
                        take.accept(value);
                    }
                } catch (SerializationException e) {
                    // Nobody can look at it here; the moderation app counts it.
                }
                return true;
            });
        }
    }

    /** Ends of the topics. */
    private record Deciding(Awaited<Ruling> rulings, TopicWriter<CaseDecision> decisions) {}

    private synchronized Deciding deciding() {
        if (deciding == null) {
            var rulings = new Awaited<>(cluster, Topics.RULINGS, Ruling::getDecisionId);
            try {
                deciding = new Deciding(rulings, new TopicWriter<>(cluster, Topics.DECISIONS));
            } catch (RuntimeException e) {
                rulings.close();
                throw e;
            }
        }
        return deciding;
    }

    /**
     * Returns what became of it; nothing where nobody has ruled in time.
     *
     * @throws EnvironmentProblem when it cannot be sent
     */
    Optional<Ruling> decide(CaseDecision decision) {
        var to = deciding();
        var ruled = to.rulings().of(decision.getDecisionId());
        try {
            to.decisions().send(decision.getSubmissionId(), decision);
            return to.rulings().of(ruled, PATIENCE);
        } finally {
            to.rulings().forget(decision.getDecisionId());
        }
    }

    @PreDestroy
    synchronized void close() {
        if (deciding != null) {
            deciding.decisions().close();
            deciding.rulings().close();
        }
    }
}
