package io.unifluid.moderation.operations;

import io.unifluid.client.Cluster;
import io.unifluid.moderation.event.PolicyRecords;
import io.unifluid.moderation.event.RulingRecords;
import io.unifluid.moderation.policy.Decision;
import io.unifluid.moderation.review.Standing;
import io.unifluid.schemas.Ruling;
import io.unifluid.schemas.Topic;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Verdicts with what people decided about them, as both topics say at one moment. */
public final class ReviewQueue {
    /**
     * One verdict and its rulings, refused ones too, in order.
     *
     * @param standing what follows from them
     */
    public record Item(Verdict verdict, List<Ruling> rulings, Standing standing) {
        public Item {
            rulings = List.copyOf(rulings);
        }
    }

    /** Of a tenant's flagged verdicts those at which people must still look, the oldest first. */
    public static List<Item> open(Cluster cluster, String tenant) {
        return read(cluster, Topics.FLAGGED, verdict -> verdict.getTenant().equals(tenant)).stream()
                .filter(item -> item.standing().open())
                .toList();
    }

    /** Verdicts that are wanted, the oldest first. */
    public static List<Item> all(Cluster cluster, Predicate<Verdict> wanted) {
        return read(cluster, Topics.VERDICTS, wanted);
    }

    private static List<Item> read(Cluster cluster, Topic<Verdict> topic, Predicate<Verdict> wanted) {
        var verdicts = new ArrayList<Verdict>();
        Recorded.read(cluster, topic, (_, verdict) -> {
            if (verdict != null && wanted.test(verdict)) {
                verdicts.add(verdict);
            }
        });
        Map<String, List<Ruling>> rulings = new HashMap<>();
        verdicts.forEach(verdict -> rulings.put(verdict.getSubmissionId(), new ArrayList<>()));
        Recorded.read(cluster, Topics.RULINGS, (key, ruling) -> {
            if (ruling != null && rulings.containsKey(key)) {
                rulings.get(key).add(ruling);
            }
        });
        return verdicts.stream()
                .sorted(Comparator.comparing(Verdict::getDecidedAt))
                .map(verdict -> item(verdict, rulings.get(verdict.getSubmissionId())))
                .toList();
    }

    private static Item item(Verdict verdict, List<Ruling> rulings) {
        boolean flagged = verdict.getSampled() || PolicyRecords.read(verdict.getDecision()) != Decision.ALLOW;
        var standing = RulingRecords.standing(PolicyRecords.read(verdict.getDecision()), flagged, rulings);
        return new Item(verdict, rulings, standing);
    }

    private ReviewQueue() {}
}
