package io.unifluid.scheduling.simulation;

import io.unifluid.scheduling.batching.Candidate;
import io.unifluid.scheduling.lifecycle.LifecycleEvent;
import io.unifluid.scheduling.reuse.AttemptOutcome;
import io.unifluid.scheduling.reuse.InFlightDeduplicator;
import io.unifluid.scheduling.reuse.InFlightDeduplicator.CoalescedRequest;
import io.unifluid.scheduling.reuse.InFlightDeduplicator.DedupDecision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Twins of one lane, and those that wait for them; does what they decide. */
final class Sharing {
    static final Duration SILENCE = Duration.ofMinutes(3);
    private static final int SWEEP_MILLIS = 30_000;

    private final World world;
    private final Answers answers;
    private final Promise promise;
    private final ReuseFaults faults;
    private final Consumer<Candidate> compute;
    private final Predicate<String> queued;
    private final Map<String, Candidate> parked = new HashMap<>();
    private InFlightDeduplicator twins = new InFlightDeduplicator();
    private boolean sweeping;

    Sharing(
            World world,
            Answers answers,
            Promise promise,
            ReuseFaults faults,
            Consumer<Candidate> compute,
            Predicate<String> queued) {
        this.world = world;
        this.answers = answers;
        this.promise = promise;
        this.faults = faults;
        this.compute = compute;
        this.queued = queued;
    }

    void accept(Candidate candidate) {
        var key = key(candidate);
        if (answers.has(key, world.now())) {
            promise.count("hit");
            succeed(twin(candidate), key);
            // It may wait already, or be waited for.
            if (twins.ended(
                            key,
                            candidate.profile().requestId(),
                            candidate.attempt(),
                            AttemptOutcome.SUCCEEDED,
                            world.now())
                    instanceof DedupDecision.Answer(List<CoalescedRequest> waiting)) {
                waiting.forEach(twin -> succeed(twin, key));
            }
            return;
        }
        switch (twins.join(key, twin(candidate), world.now())) {
            case LEADER -> compute.accept(candidate);
            case FOLLOWER -> park(candidate);
            case KNOWN_FOLLOWER -> promise.count("held");
        }
    }

    void on(Finished finished) {
        var key = faults.naming().apply(finished.key());
        var ending = faults.hearing().apply(finished.ending());
        if (finished.ending() == AttemptOutcome.SUCCEEDED && finished.event().isPresent()) {
            answers.keep(key, finished.requestId(), world.now());
        }
        switch (twins.ended(key, finished.requestId(), finished.attempt(), ending, world.now())) {
            case DedupDecision.Answer(List<CoalescedRequest> waiting) -> answer(key, finished, ending, waiting);
            case DedupDecision.Promote(CoalescedRequest twin) -> promote(twin);
            case DedupDecision.Left _ -> parked.remove(finished.requestId());
            case DedupDecision.Nothing _ -> {}
        }
    }

    private void answer(String key, Finished finished, AttemptOutcome ending, List<CoalescedRequest> waiting) {
        if (ending == AttemptOutcome.FAILED_FOR_GOOD) {
            for (var twin : waiting) {
                promise.count("shared failure");
                parked.remove(twin.requestId());
                world.send(
                        twin.requestId(),
                        new LifecycleEvent.Failed(twin.attempt(), finished.failure(), "It broke.", true));
            }
        } else if (answers.has(key, world.now())) {
            waiting.forEach(twin -> {
                promise.count("shared");
                succeed(twin, key);
            });
        } else {
            promise.count("start over");
            waiting.forEach(twin -> twins.join(key, twin, world.now()));
            promote(waiting.getFirst());
        }
    }

    private void succeed(CoalescedRequest twin, String key) {
        parked.remove(twin.requestId());
        promise.reused(twin.requestId(), answers.computedFor(key), world.now());
        world.send(twin.requestId(), new LifecycleEvent.Succeeded(twin.attempt()));
    }

    private void promote(CoalescedRequest twin) {
        promise.count("promoted");
        compute.accept(parked.remove(twin.requestId()));
    }

    private void park(Candidate candidate) {
        parked.put(candidate.profile().requestId(), candidate);
        if (!sweeping) {
            sweeping = true;
            world.after(SWEEP_MILLIS, this::sweep);
        }
    }

    private void sweep() {
        sweeping = false;
        if (faults.sweeps()) {
            for (var forsaken : twins.forsaken(world.now().minus(SILENCE), queued, world.now())) {
                forsaken.promoted().ifPresent(twin -> {
                    promise.count("forsaken");
                    promote(twin);
                });
            }
        }
        if (!parked.isEmpty()) {
            sweeping = true;
            world.after(SWEEP_MILLIS, this::sweep);
        }
    }

    /** Keeps what is durable: who waits, and for whom. Who computes what nobody waits for is forgotten. */
    void crashAndRestart(List<Candidate> queuedOnes) {
        var before = twins;
        twins = new InFlightDeduplicator();
        var awaited = new HashSet<String>();
        for (var candidate : parked.values()) {
            var key = key(candidate);
            before.awaited(key)
                    .filter(_ -> awaited.add(key))
                    .ifPresent(computing -> twins.restore(key, computing, world.now()));
        }
        queuedOnes.stream()
                .filter(one -> one.profile().computationKey().isPresent())
                .filter(one -> !awaited.contains(key(one)))
                .forEach(this::rejoin);
        var waiting = new ArrayList<>(parked.values());
        for (var candidate : waiting) {
            if (twins.join(key(candidate), twin(candidate), world.now()) == InFlightDeduplicator.Role.LEADER) {
                promise.breach(candidate.profile().requestId() + " waited for an answer and computes after a restart");
            }
        }
    }

    /** A queued one whose key another queued one computes, since it was replaced, only runs out. */
    private void rejoin(Candidate queued) {
        if (twins.join(key(queued), twin(queued), world.now()) == InFlightDeduplicator.Role.FOLLOWER) {
            twins.ended(key(queued), queued.profile().requestId(), queued.attempt(), AttemptOutcome.GONE, world.now());
        }
    }

    int waiting() {
        return Math.max(parked.size(), twins.waiting());
    }

    private String key(Candidate candidate) {
        return faults.naming().apply(candidate.profile().computationKey().orElseThrow());
    }

    private static CoalescedRequest twin(Candidate candidate) {
        return new CoalescedRequest(candidate.profile().requestId(), candidate.attempt());
    }
}
