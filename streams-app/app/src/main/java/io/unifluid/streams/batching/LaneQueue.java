package io.unifluid.streams.batching;

import io.unifluid.scheduling.batching.BacklogEstimate;
import io.unifluid.scheduling.batching.BatchPolicy;
import io.unifluid.scheduling.batching.BucketTurns;
import io.unifluid.scheduling.batching.Candidate;
import io.unifluid.scheduling.batching.Decision;
import io.unifluid.scheduling.batching.EmitReason;
import io.unifluid.scheduling.batching.FairShare;
import io.unifluid.scheduling.batching.InFlightWindow;
import io.unifluid.scheduling.task.Lane;
import io.unifluid.streams.config.StreamsSettings;
import io.unifluid.streams.event.AttemptEnded;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One lane as one task sees it: what waits, by bucket, and what is outstanding with workers. An index in memory over the
 * store, built anew at start; what is outstanding is forgotten then, which costs one more window in the lane's topic.
 */
final class LaneQueue {
    /**
     * A batch that may leave: who, and why now.
     *
     * @param awaited somebody waits for it, or workers may soon have nothing to do
     */
    record Batch(String bucket, EmitReason reason, List<QueuedRequest> items, boolean awaited) {}

    private record Outstanding(int attempt, double cost, Instant since, long batch) {}

    private static final long MOST_RECENT_BYTES = 16L * 1024 * 1024;

    private final Lane lane;
    private final BatchPolicy policy;
    private final FairShare fairness;
    private final InFlightWindow window;
    private final int mostItems;
    private final Duration forgetAfter;
    /** Of a bucket's name: whether somebody can run it now, or it is not worth waiting for who can. */
    private final Predicate<String> mayRun;

    private final Map<String, BucketQueue> buckets = new LinkedHashMap<>();
    private final Map<String, QueuedRequest> waiting = new HashMap<>();
    private final LinkedHashMap<String, Outstanding> outstanding = new LinkedHashMap<>();
    private final Map<Long, Integer> outstandingBatches = new HashMap<>();
    private long lastBatch;
    private double waitingCost;
    private long recentBytes;
    private double outstandingCost;
    private double servedCost;
    /** The same in the second before the last measurement. */
    private double servedLately;

    private BacklogEstimate estimate = BacklogEstimate.unmeasured();
    private Optional<Instant> measuredAt = Optional.empty();

    /** @param mayRun of a bucket's name; those that may not run wait */
    LaneQueue(Lane lane, StreamsSettings settings, Predicate<String> mayRun) {
        this.mayRun = mayRun;
        var batching = settings.batches().get(lane);
        this.lane = lane;
        this.policy = new BatchPolicy(batching);
        this.fairness = new FairShare(policy, settings.tenantWeights());
        this.window = settings.windows().get(lane);
        this.mostItems = batching.maxItems();
        this.forgetAfter = settings.lifecycle().lostAfter();
    }

    /** @return false when this attempt, or a later one, waits already */
    boolean add(QueuedRequest item) {
        var known = waiting.get(item.requestId());
        if (known != null && known.candidate().attempt() >= item.candidate().attempt()) {
            return false;
        }
        if (known != null) {
            remove(known);
        }
        waiting.put(item.requestId(), item);
        bucketOf(item.candidate()).add(item);
        waitingCost += item.candidate().profile().cost();
        recentBytes += recentBytes(item);
        return true;
    }

    /**
     * An attempt is over, wherever it was.
     *
     * @return whether it was waiting here
     */
    boolean attemptEnded(AttemptEnded ended) {
        var out = outstanding.get(ended.requestId());
        if (out != null && out.attempt() <= ended.attempt()) {
            outstanding.remove(ended.requestId());
            outstandingCost = outstanding.isEmpty() ? 0 : outstandingCost - out.cost();
            leaves(out.batch());
            servedCost += out.cost();
        }
        var known = waiting.get(ended.requestId());
        if (known == null || known.candidate().attempt() > ended.attempt()) {
            return false;
        }
        remove(known);
        return true;
    }

    /** Removes those whose deadline has passed; the lifecycle settles them by its own clock. */
    List<QueuedRequest> dropExpired(Instant now) {
        var expired = new ArrayList<QueuedRequest>();
        buckets.values().forEach(bucket -> expired.addAll(bucket.expired(now)));
        expired.forEach(this::remove);
        return expired;
    }

    /** Takes the next batch that is ready, if the window has room for one. */
    Optional<Batch> next(Instant now) {
        if (waiting.isEmpty() || !window.mayDispatch(outstanding.size(), outstandingCost, servedLately)) {
            return Optional.empty();
        }
        return BucketTurns.next(ready(now)).map(turn -> take(turn, now));
    }

    /** Whether there is room to keep one more decoded record in memory. */
    boolean keepsRecent() {
        return recentBytes < MOST_RECENT_BYTES;
    }

    /**
     * Whether something in the item's bucket must not wait for the clock: it is full, alone or urgent, or workers idle. Age
     * alone is left to the clock, so that a backlog that arrives old is gathered into batches first.
     */
    boolean ready(QueuedRequest item, Instant now) {
        var sums = bucketOf(item.candidate()).sums();
        return policy.leavesToIdle(sums, outstandingBatches.size())
                || policy.decide(sums, now) instanceof Decision.Emit(EmitReason reason)
                        && reason != EmitReason.MAX_WAIT;
    }

    private List<BucketTurns.Ready> ready(Instant now) {
        var ready = new ArrayList<BucketTurns.Ready>();
        for (var bucket : buckets.values()) {
            var sums = bucket.sums();
            if (!mayRun.test(sums.bucket())) {
                continue;
            }
            switch (policy.decide(sums, now)) {
                case Decision.Emit(EmitReason reason) -> {
                    if (policy.mayLeave(sums, reason, outstandingBatches.size(), now)) {
                        ready.add(new BucketTurns.Ready(sums, reason, bucket.lastServedAt));
                    }
                }
                case Decision.WaitUntil _ -> {
                    if (policy.leavesToIdle(sums, outstandingBatches.size())) {
                        ready.add(new BucketTurns.Ready(sums, EmitReason.IDLE, bucket.lastServedAt));
                    }
                }
            }
        }
        return ready;
    }

    private Batch take(BucketTurns.Ready turn, Instant now) {
        var bucket = buckets.get(turn.bucket().bucket());
        var pick = fairness.pick(bucket.choice(mostItems), bucket.fairness, now);
        bucket.fairness = pick.next();
        bucket.lastServedAt = Optional.of(now);
        var items = pick.items().stream()
                .map(candidate -> waiting.get(candidate.profile().requestId()))
                .toList();
        boolean awaited = lane.interactive() || policy.isAwaited(outstandingBatches.size());
        outstandingBatches.put(++lastBatch, items.size());
        for (var item : items) {
            remove(item);
            var cost = item.candidate().profile().cost();
            var before = outstanding.put(
                    item.requestId(), new Outstanding(item.candidate().attempt(), cost, now, lastBatch));
            outstandingCost += cost;
            if (before != null) {
                outstandingCost -= before.cost();
                leaves(before.batch());
            }
        }
        return new Batch(turn.bucket().bucket(), turn.reason(), items, awaited);
    }

    /** A batch that cannot leave now after all waits on. */
    void putBack(Batch batch) {
        for (var item : batch.items()) {
            var out = outstanding.remove(item.requestId());
            outstandingCost = outstanding.isEmpty() ? 0 : outstandingCost - out.cost();
            leaves(out.batch());
            add(item);
        }
    }

    /** Seconds of work that wait or are outstanding, after measuring the rate since the last call. */
    double backlogSeconds(Instant now) {
        boolean busy = !outstanding.isEmpty() || servedCost > 0;
        var since = measuredAt.map(at -> Duration.between(at, now)).filter(Duration::isPositive);
        servedLately =
                since.map(elapsed -> servedCost / (elapsed.toNanos() / 1e9)).orElse(0.0);
        if (busy && since.isPresent()) {
            estimate = estimate.measured(servedCost, since.get());
        }
        servedCost = 0;
        measuredAt = Optional.of(now);
        forgetOld(now);
        return estimate.seconds(Math.max(0, waitingCost) + Math.max(0, outstandingCost));
    }

    /** An end that was never told, for example after a change of shards, must not close the window for good. */
    private void forgetOld(Instant now) {
        var entries = outstanding.values().iterator();
        while (entries.hasNext()) {
            var oldest = entries.next();
            if (now.isBefore(oldest.since().plus(forgetAfter))) {
                return;
            }
            outstandingCost -= oldest.cost();
            leaves(oldest.batch());
            entries.remove();
        }
    }

    /** One item less in a batch that left; the batch is over with its last. */
    private void leaves(long batch) {
        outstandingBatches.computeIfPresent(batch, (id, items) -> items == 1 ? null : items - 1);
    }

    /** Whether a request waits here for its batch. */
    boolean holds(String requestId) {
        return waiting.containsKey(requestId);
    }

    int waitingItems() {
        return waiting.size();
    }

    private void remove(QueuedRequest item) {
        waiting.remove(item.requestId());
        waitingCost =
                waiting.isEmpty() ? 0 : waitingCost - item.candidate().profile().cost();
        recentBytes -= recentBytes(item);
        var name = item.candidate().profile().bucket();
        var bucket = buckets.get(name);
        bucket.remove(item);
        if (bucket.isEmpty()) {
            buckets.remove(name);
        }
    }

    private static long recentBytes(QueuedRequest item) {
        return item.recent() == null ? 0 : item.candidate().profile().bytes();
    }

    private BucketQueue bucketOf(Candidate candidate) {
        return buckets.computeIfAbsent(candidate.profile().bucket(), name -> new BucketQueue(lane, name));
    }
}
