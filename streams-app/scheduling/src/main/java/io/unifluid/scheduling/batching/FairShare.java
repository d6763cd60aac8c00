package io.unifluid.scheduling.batching;

import io.unifluid.scheduling.task.WorkProfile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Says which of the requests that wait in one bucket are in its next batch, when more wait than fit: deficit round robin
 * between tenants, measured in cost. In its turn a tenant gets credit for the dearest waiting request times its weight,
 * and spends it; so ten requests of one tenant pass between a million of another.
 *
 * <p>A tenant's own requests go oldest first, except that those that must leave now to meet their deadline go before
 * them, earliest deadline first. Such a request may also go before other tenants' turns; its tenant then owes that turn,
 * and does not jump the queue again until it has paid. So deadlines never take more than a fair share.
 *
 * <p>Source: M. Shreedhar and G. Varghese, Efficient Fair Queueing using Deficit Round Robin, SIGCOMM 1995.
 */
public final class FairShare {
    private static final double DEFAULT_WEIGHT = 1;
    /** Keeps a request of no cost from being free: a tenant with many such would never end its turn. */
    private static final double SMALLEST_COST = 0.001;

    private final BatchPolicy policy;
    private final Map<String, Double> weights;

    /** @param weights share of a tenant against the others, 0.01 to 100; 1 for who is not named */
    public FairShare(BatchPolicy policy, Map<String, Double> weights) {
        weights.forEach((tenant, weight) -> {
            if (!(weight >= 0.01 && weight <= 100)) {
                throw new IllegalArgumentException(
                        "The weight of tenant '" + tenant + "' is " + weight + "; it must be from 0.01 to 100.");
            }
        });
        this.policy = policy;
        this.weights = Map.copyOf(weights);
    }

    /** A batch, at least one request if any waits, and what to remember for the bucket's next one. */
    public record Pick(List<Candidate> items, FairShareState next) {
        public Pick {
            items = List.copyOf(items);
        }
    }

    /**
     * Picks the next batch.
     *
     * @param waiting requests of one bucket by their tenant, oldest first; of each tenant a batch's worth is enough, and
     *     of more tenants than a batch has items those from {@link FairShareState#next()} on
     */
    public Pick pick(Map<String, List<Candidate>> waiting, FairShareState state, Instant now) {
        Round round = new Round(waiting, state, now);
        if (!round.queues.isEmpty()) {
            round.takeUrgent(now);
            round.takeInTurns(state.next());
        }
        return round.result();
    }

    private final class Round {
        private final NavigableMap<String, List<Candidate>> queues = new TreeMap<>();
        private final Map<String, Integer> taken = new HashMap<>();
        private final Map<String, Double> credit = new HashMap<>();
        private final List<Candidate> batch = new ArrayList<>();
        private double quantum = SMALLEST_COST;
        private OpenBucket sums;
        private Optional<String> next = Optional.empty();

        Round(Map<String, List<Candidate>> waiting, FairShareState state, Instant now) {
            waiting.forEach((tenant, oldestFirst) -> {
                if (!oldestFirst.isEmpty()) {
                    queues.put(tenant, urgentFirst(oldestFirst, now));
                    credit.put(tenant, state.credit().getOrDefault(tenant, 0.0));
                    oldestFirst.forEach(candidate -> quantum = Math.max(quantum, cost(candidate)));
                    WorkProfile any = oldestFirst.getFirst().profile();
                    sums = OpenBucket.empty(any.lane(), any.bucket());
                }
            });
        }

        private List<Candidate> urgentFirst(List<Candidate> oldestFirst, Instant now) {
            return oldestFirst.stream()
                    .sorted(Comparator.comparing(
                            candidate -> policy.urgent(candidate, now) ? deadline(candidate) : Instant.MAX))
                    .toList();
        }

        void takeUrgent(Instant now) {
            queues.keySet().stream()
                    .filter(tenant -> credit.get(tenant) >= 0)
                    .filter(tenant -> policy.urgent(queues.get(tenant).getFirst(), now))
                    .sorted(Comparator.comparing(
                            tenant -> deadline(queues.get(tenant).getFirst())))
                    .toList()
                    .forEach(this::takeIfItFits);
        }

        void takeInTurns(Optional<String> first) {
            String tenant = first.map(queues::ceilingKey).orElseGet(queues::firstKey);
            while (!queues.isEmpty()) {
                if (!takeTurn(tenant)) {
                    next = Optional.of(tenant);
                    return;
                }
                String after = queues.higherKey(tenant);
                if (head(tenant).isEmpty()) {
                    queues.remove(tenant);
                    credit.computeIfPresent(tenant, (_, left) -> left < 0 ? left : null);
                }
                tenant = after != null || queues.isEmpty() ? after : queues.firstKey();
            }
        }

        /** @return false when the batch is full before the turn is over */
        private boolean takeTurn(String tenant) {
            if (head(tenant).filter(head -> credit.get(tenant) < cost(head)).isPresent()) {
                credit.merge(tenant, quantum * weights.getOrDefault(tenant, DEFAULT_WEIGHT), Double::sum);
            }
            while (head(tenant).filter(head -> credit.get(tenant) >= cost(head)).isPresent()) {
                if (!takeIfItFits(tenant)) {
                    return false;
                }
            }
            return true;
        }

        private Optional<Candidate> head(String tenant) {
            List<Candidate> queue = queues.get(tenant);
            int at = taken.getOrDefault(tenant, 0);
            return at < queue.size() ? Optional.of(queue.get(at)) : Optional.empty();
        }

        private boolean takeIfItFits(String tenant) {
            Candidate candidate = head(tenant).orElseThrow();
            if (!policy.fits(sums, candidate)) {
                return false;
            }
            batch.add(candidate);
            sums = sums.plus(candidate);
            taken.merge(tenant, 1, Integer::sum);
            credit.merge(tenant, -cost(candidate), Double::sum);
            return true;
        }

        private static Instant deadline(Candidate candidate) {
            return candidate.profile().deadline().orElse(Instant.MAX);
        }

        private static double cost(Candidate candidate) {
            return Math.max(SMALLEST_COST, candidate.profile().cost());
        }

        Pick result() {
            return new Pick(batch, new FairShareState(credit, next));
        }
    }
}
