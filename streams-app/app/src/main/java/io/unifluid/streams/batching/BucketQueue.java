package io.unifluid.streams.batching;

import io.unifluid.scheduling.batching.Candidate;
import io.unifluid.scheduling.batching.FairShareState;
import io.unifluid.scheduling.batching.OpenBucket;
import io.unifluid.scheduling.task.Lane;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The requests of one bucket of one lane, indexed by tenant and age, with running sums. */
final class BucketQueue {
    private final Lane lane;
    private final String bucket;
    private final Map<String, TreeSet<QueuedRequest>> byTenant = new HashMap<>();
    private final TreeSet<QueuedRequest> byAge = new TreeSet<>(QueuedRequest.OLDEST_FIRST);
    private final TreeSet<QueuedRequest> byDeadline = new TreeSet<>(QueuedRequest.EARLIEST_DEADLINE_FIRST);
    private final TreeSet<QueuedRequest> isolated = new TreeSet<>(QueuedRequest.OLDEST_FIRST);
    private double cost;
    private long bytes;

    FairShareState fairness = FairShareState.initial();
    Optional<Instant> lastServedAt = Optional.empty();

    BucketQueue(Lane lane, String bucket) {
        this.lane = lane;
        this.bucket = bucket;
    }

    void add(QueuedRequest waiting) {
        byTenant.computeIfAbsent(waiting.tenant(), _ -> new TreeSet<>(QueuedRequest.OLDEST_FIRST))
                .add(waiting);
        byAge.add(waiting);
        var profile = waiting.candidate().profile();
        profile.deadline().ifPresent(_ -> byDeadline.add(waiting));
        if (waiting.candidate().isolated()) {
            isolated.add(waiting);
        }
        cost += profile.cost();
        bytes += profile.bytes();
    }

    void remove(QueuedRequest waiting) {
        byAge.remove(waiting);
        byDeadline.remove(waiting);
        isolated.remove(waiting);
        var queue = byTenant.get(waiting.tenant());
        queue.remove(waiting);
        if (queue.isEmpty()) {
            byTenant.remove(waiting.tenant());
        }
        var profile = waiting.candidate().profile();
        // Sums of doubles drift; an empty queue is the place to start anew.
        cost = byAge.isEmpty() ? 0 : Math.max(0, cost - profile.cost());
        bytes -= profile.bytes();
    }

    boolean isEmpty() {
        return byAge.isEmpty();
    }

    double cost() {
        return cost;
    }

    OpenBucket sums() {
        return new OpenBucket(
                lane,
                bucket,
                byAge.size(),
                cost,
                bytes,
                !isolated.isEmpty(),
                byAge.isEmpty()
                        ? Optional.empty()
                        : Optional.of(byAge.first().candidate().scheduledAt()),
                byDeadline.isEmpty()
                        ? Optional.empty()
                        : byDeadline.first().candidate().profile().deadline());
    }

    /** Those whose deadline has passed. */
    List<QueuedRequest> expired(Instant now) {
        var expired = new ArrayList<QueuedRequest>();
        for (var waiting : byDeadline) {
            if (!waiting.candidate().expired(now)) {
                break;
            }
            expired.add(waiting);
        }
        return expired;
    }

    /**
     * Of every tenant as many as a batch may take, oldest first, and beside them those that may be urgent or must run
     * alone: all that a choice of the next batch can depend on.
     */
    Map<String, List<Candidate>> choice(int most) {
        var choice = new HashMap<String, List<Candidate>>();
        byTenant.forEach((tenant, queue) -> {
            var heads = new TreeSet<>(QueuedRequest.OLDEST_FIRST);
            first(queue, most, heads);
            choice.put(tenant, candidates(heads));
        });
        var special = new TreeSet<>(QueuedRequest.OLDEST_FIRST);
        first(byDeadline, most, special);
        first(isolated, 1, special);
        for (var waiting : special) {
            var heads = choice.get(waiting.tenant());
            if (heads.size() == most && !heads.contains(waiting.candidate())) {
                heads.add(waiting.candidate());
            }
        }
        return choice;
    }

    private static void first(TreeSet<QueuedRequest> from, int most, TreeSet<QueuedRequest> into) {
        int taken = 0;
        for (var waiting : from) {
            if (taken++ == most) {
                return;
            }
            into.add(waiting);
        }
    }

    private static List<Candidate> candidates(TreeSet<QueuedRequest> some) {
        var candidates = new ArrayList<Candidate>(some.size() + 1);
        some.forEach(waiting -> candidates.add(waiting.candidate()));
        return candidates;
    }
}
