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

/** Requests of one lane that compute the same, and those that wait for them; does what they decide. */
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
    private InFlightDeduplicator inFlight = new InFlightDeduplicator();
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
            succeed(coalesced(candidate), key);
            // It may wait already, or be waited for.
            if (inFlight.ended(
                            key,
                            candidate.profile().requestId(),
                            candidate.attempt(),
                            AttemptOutcome.SUCCEEDED,
                            world.now())
                    instanceof DedupDecision.Answer(List<CoalescedRequest> waiting)) {
                waiting.forEach(request -> succeed(request, key));
            }
            return;
        }
        switch (inFlight.join(key, coalesced(candidate), world.now())) {
            case LEADER -> compute.accept(candidate);
            case FOLLOWER -> park(candidate);
            case KNOWN_FOLLOWER -> promise.count("held");
        }
    }

    void on(Finished finished) {
        var key = faults.naming().apply(finished.key());
        var outcome = faults.hearing().apply(finished.outcome());
        if (finished.outcome() == AttemptOutcome.SUCCEEDED && finished.event().isPresent()) {
            answers.keep(key, finished.requestId(), world.now());
        }
        switch (inFlight.ended(key, finished.requestId(), finished.attempt(), outcome, world.now())) {
            case DedupDecision.Answer(List<CoalescedRequest> waiting) -> answer(key, finished, outcome, waiting);
            case DedupDecision.Promote(CoalescedRequest request) -> promote(request);
            case DedupDecision.Left _ -> parked.remove(finished.requestId());
            case DedupDecision.Nothing _ -> {}
        }
    }

    private void answer(String key, Finished finished, AttemptOutcome outcome, List<CoalescedRequest> waiting) {
        if (outcome == AttemptOutcome.FAILED_FOR_GOOD) {
            for (var request : waiting) {
                promise.count("shared failure");
                parked.remove(request.requestId());
                world.send(
                        request.requestId(),
                        new LifecycleEvent.Failed(request.attempt(), finished.failure(), "It broke.", true));
            }
        } else if (answers.has(key, world.now())) {
            waiting.forEach(request -> {
                promise.count("shared");
                succeed(request, key);
            });
        } else {
            promise.count("start over");
            waiting.forEach(request -> inFlight.join(key, request, world.now()));
            promote(waiting.getFirst());
        }
    }

    private void succeed(CoalescedRequest request, String key) {
        parked.remove(request.requestId());
        promise.reused(request.requestId(), answers.computedFor(key), world.now());
        world.send(request.requestId(), new LifecycleEvent.Succeeded(request.attempt()));
    }

    private void promote(CoalescedRequest request) {
        promise.count("promoted");
        compute.accept(parked.remove(request.requestId()));
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
            for (var orphaned : inFlight.orphaned(world.now().minus(SILENCE), queued, world.now())) {
                orphaned.promoted().ifPresent(request -> {
                    promise.count("orphaned");
                    promote(request);
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
        var before = inFlight;
        inFlight = new InFlightDeduplicator();
        var awaited = new HashSet<String>();
        for (var candidate : parked.values()) {
            var key = key(candidate);
            before.awaited(key)
                    .filter(_ -> awaited.add(key))
                    .ifPresent(computing -> inFlight.restore(key, computing, world.now()));
        }
        queuedOnes.stream()
                .filter(one -> one.profile().computationKey().isPresent())
                .filter(one -> !awaited.contains(key(one)))
                .forEach(this::rejoin);
        var waiting = new ArrayList<>(parked.values());
        for (var candidate : waiting) {
            if (inFlight.join(key(candidate), coalesced(candidate), world.now()) == InFlightDeduplicator.Role.LEADER) {
                promise.breach(candidate.profile().requestId() + " waited for an answer and computes after a restart");
            }
        }
    }

    /** A queued one whose key another queued one computes, since it was replaced, only runs out. */
    private void rejoin(Candidate queued) {
        if (inFlight.join(key(queued), coalesced(queued), world.now()) == InFlightDeduplicator.Role.FOLLOWER) {
            inFlight.ended(
                    key(queued), queued.profile().requestId(), queued.attempt(), AttemptOutcome.GONE, world.now());
        }
    }

    int waiting() {
        return Math.max(parked.size(), inFlight.waiting());
    }

    private String key(Candidate candidate) {
        return faults.naming().apply(candidate.profile().computationKey().orElseThrow());
    }

    private static CoalescedRequest coalesced(Candidate candidate) {
        return new CoalescedRequest(candidate.profile().requestId(), candidate.attempt());
    }
}
