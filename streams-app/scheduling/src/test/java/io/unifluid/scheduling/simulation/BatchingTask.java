package io.unifluid.scheduling.simulation;

import io.unifluid.scheduling.batching.BatchPolicy;
import io.unifluid.scheduling.batching.BatchSettings;
import io.unifluid.scheduling.batching.BucketTurns;
import io.unifluid.scheduling.batching.Candidate;
import io.unifluid.scheduling.batching.Decision;
import io.unifluid.scheduling.batching.EmitReason;
import io.unifluid.scheduling.batching.FairShare;
import io.unifluid.scheduling.batching.FairShareState;
import io.unifluid.scheduling.batching.InFlightWindow;
import io.unifluid.scheduling.batching.OpenBucket;
import io.unifluid.scheduling.task.Lane;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Batching of one lane: holds what waits, and hands batches to the lane while the lane has room. */
final class BatchingTask {
    private static final class Bucket {
        private final Map<String, List<Candidate>> waiting = new TreeMap<>();
        private FairShareState fairness = FairShareState.initial();
        private Optional<Instant> lastServedAt = Optional.empty();
        private Optional<Instant> wakeAt = Optional.empty();
        private boolean heldBack;
        private OpenBucket sums;

        /** Views of the oldest requests of each tenant. */
        private Map<String, List<Candidate>> batchWorth(int items) {
            Map<String, List<Candidate>> oldest = new TreeMap<>();
            waiting.forEach((tenant, queue) -> oldest.put(tenant, queue.subList(0, Math.min(items, queue.size()))));
            return oldest;
        }
    }

    private final World world;
    private final Lane lane;
    private final BatchSettings settings;
    private final BatchPolicy policy;
    private final FairShare fairShare;
    private final InFlightWindow window = InFlightWindow.fixed(128, 60_000);
    private final Promise promise;
    private final WorkLane work;
    private final Map<String, Bucket> buckets = new TreeMap<>();
    private final Set<String> held = new HashSet<>();
    private final Sharing sharing;

    /** @param misreading what the policy is told instead of the settings that are promised */
    BatchingTask(
            World world,
            Lane lane,
            UnaryOperator<BatchSettings> misreading,
            ReuseFaults faults,
            Answers answers,
            Promise promise,
            WorkLane work) {
        this.sharing = new Sharing(world, answers, promise, faults, this::enqueue, this::queued);
        this.world = world;
        this.lane = lane;
        this.settings = BatchSettings.defaults(lane);
        this.policy = new BatchPolicy(misreading.apply(settings));
        this.fairShare = new FairShare(policy, Map.of());
        this.promise = promise;
        this.work = work;
    }

    void accept(Object word) {
        switch (word) {
            case Candidate candidate when candidate.profile().computationKey().isPresent() -> sharing.accept(candidate);
            case Candidate candidate -> enqueue(candidate);
            case Finished finished -> sharing.on(finished);
            default -> throw new IllegalArgumentException("Not for batching: " + word);
        }
    }

    private boolean queued(String requestId) {
        return waiting().stream()
                .anyMatch(candidate -> candidate.profile().requestId().equals(requestId));
    }

    private List<Candidate> waiting() {
        return buckets.values().stream()
                .flatMap(bucket -> bucket.waiting.values().stream())
                .flatMap(List::stream)
                .toList();
    }

    private void enqueue(Candidate candidate) {
        String bucketKey = candidate.profile().bucket();
        if (!held.add(key(candidate))) {
            return;
        }
        Bucket bucket = buckets.computeIfAbsent(bucketKey, _ -> new Bucket());
        bucket.waiting
                .computeIfAbsent(candidate.profile().tenant(), _ -> new ArrayList<>())
                .add(candidate);
        // One that waited for another's answer first is old when it comes.
        bucket.heldBack |= candidate
                .scheduledAt()
                .plusMillis(AdmittingTask.MAX_WAY_TO_BATCHING)
                .isBefore(world.now());
        bucket.sums = (bucket.sums == null ? OpenBucket.empty(lane, bucketKey) : bucket.sums).plus(candidate);
        dispatch();
    }

    /** Hands over what is ready, one batch a turn, while the lane has room. */
    void dispatch() {
        while (true) {
            List<BucketTurns.Ready> ready = new ArrayList<>();
            buckets.forEach((_, bucket) -> decide(bucket).ifPresent(ready::add));
            if (ready.isEmpty()) {
                return;
            }
            if (!window.mayDispatch(work.outstandingItems(), work.outstandingCost(), 0)) {
                ready.forEach(one -> buckets.get(one.bucket().bucket()).heldBack = true);
                return;
            }
            emit(BucketTurns.next(ready).orElseThrow().bucket().bucket());
        }
    }

    private Optional<BucketTurns.Ready> decide(Bucket bucket) {
        return switch (policy.decide(bucket.sums, world.now())) {
            case Decision.Emit emit ->
                Optional.of(new BucketTurns.Ready(bucket.sums, emit.reason(), bucket.lastServedAt));
            case Decision.WaitUntil _
            when policy.leavesToIdle(bucket.sums, work.outstandingItems()) ->
                Optional.of(new BucketTurns.Ready(bucket.sums, EmitReason.IDLE, bucket.lastServedAt));
            case Decision.WaitUntil wait -> {
                wake(bucket, wait.at());
                yield Optional.empty();
            }
        };
    }

    /** Keeps one alarm a bucket, the earliest. */
    private void wake(Bucket bucket, Instant at) {
        if (bucket.wakeAt.filter(planned -> !planned.isAfter(at)).isEmpty()) {
            bucket.wakeAt = Optional.of(at);
            world.at(at, () -> {
                bucket.wakeAt = Optional.empty();
                dispatchIfAny();
            });
        }
    }

    private void dispatchIfAny() {
        if (!buckets.isEmpty()) {
            dispatch();
        }
    }

    private void emit(String bucketKey) {
        Bucket bucket = buckets.get(bucketKey);
        FairShare.Pick pick = fairShare.pick(bucket.batchWorth(settings.maxItems()), bucket.fairness, world.now());
        promise.batched(pick.items(), settings);
        if (!bucket.heldBack) {
            Duration waited = Duration.between(bucket.sums.oldestAt().orElseThrow(), world.now());
            promise.waitedWithRoom(waited.minusMillis(AdmittingTask.MAX_WAY_TO_BATCHING), settings.maxWait());
        }
        Set<Candidate> leaving = new HashSet<>(pick.items());
        pick.items().forEach(item -> held.remove(key(item)));
        bucket.batchWorth(settings.maxItems()).values().forEach(queue -> queue.removeIf(leaving::contains));
        bucket.waiting.values().removeIf(List::isEmpty);
        bucket.fairness = pick.next();
        bucket.lastServedAt = Optional.of(world.now());
        if (bucket.waiting.isEmpty()) {
            buckets.remove(bucketKey);
        } else {
            bucket.sums = OpenBucket.of(
                    lane,
                    bucketKey,
                    bucket.waiting.values().stream().flatMap(List::stream).toList());
        }
        work.add(pick.items());
    }

    /** Loses what fairness remembered; what waits is durable. */
    void crashAndRestart() {
        buckets.values().forEach(bucket -> bucket.fairness = FairShareState.initial());
        sharing.crashAndRestart(waiting());
        dispatchIfAny();
    }

    int left() {
        return held.size() + sharing.waiting();
    }

    private static String key(Candidate candidate) {
        return candidate.profile().requestId() + "#" + candidate.attempt();
    }
}
