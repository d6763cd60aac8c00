package io.unifluid.scheduling.simulation;

import io.unifluid.scheduling.Candidate;
import io.unifluid.scheduling.Counter;
import io.unifluid.scheduling.Effect;
import io.unifluid.scheduling.LifecycleEvent;
import io.unifluid.scheduling.LifecycleState;
import io.unifluid.scheduling.Transition;
import io.unifluid.scheduling.WorkProfile;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Stores states, does the effects, and loses its timers, but not its stores, when it crashes. */
final class AdmittingTask {
    /** Longest way from here to batching, in milliseconds. */
    static final int MAX_WAY_TO_BATCHING = 19;

    private final World world;
    private final Decider decider;
    private final Promise promise;
    private final Consumer<Candidate> batching;
    private final Map<String, LifecycleState> states = new HashMap<>();
    private final Map<String, WorkProfile> payloads = new HashMap<>();
    private final Map<Counter, Integer> counts = new EnumMap<>(Counter.class);
    private int incarnation;
    private int events;

    AdmittingTask(World world, Decider decider, Promise promise, Consumer<Candidate> batching) {
        this.world = world;
        this.decider = decider;
        this.promise = promise;
        this.batching = batching;
    }

    void on(String requestId, LifecycleEvent event) {
        events++;
        Transition transition = decider.apply(Optional.ofNullable(states.get(requestId)), event, world.now());
        if (event instanceof LifecycleEvent.Submitted submitted) {
            payloads.putIfAbsent(requestId, submitted.profile());
        }
        transition.state().ifPresentOrElse(state -> states.put(requestId, state), () -> states.remove(requestId));
        for (Effect effect : transition.effects()) {
            perform(requestId, transition.state(), effect);
        }
    }

    private void perform(String requestId, Optional<LifecycleState> state, Effect effect) {
        switch (effect) {
            case Effect.Schedule schedule -> {
                promise.handedOut(requestId, schedule);
                Candidate candidate = new Candidate(
                        payloads.get(requestId), schedule.attempt(), schedule.alone(), schedule.scheduledAt());
                world.after(world.below(1 + MAX_WAY_TO_BATCHING), () -> batching.accept(candidate));
            }
            case Effect.Settle settle ->
                promise.settled(
                        requestId, settle, state.map(LifecycleState::attempt).orElse(0), world.now());
            case Effect.WakeAt wake -> tickAt(requestId, wake.at());
            case Effect.Purge _ -> payloads.remove(requestId);
            case Effect.Count count -> counts.merge(count.counter(), 1, Integer::sum);
            case Effect.PublishStatus _ -> {}
        }
    }

    private void tickAt(String requestId, Instant at) {
        int registered = incarnation;
        world.at(at, () -> {
            if (registered == incarnation) {
                on(requestId, new LifecycleEvent.Tick());
            }
        });
    }

    /** Loses every timer and reads them back from the stored states. */
    void crashAndRestart() {
        incarnation++;
        states.forEach((id, state) -> tickAt(id, state.nextDueAt()));
    }

    int events() {
        return events;
    }

    Map<String, LifecycleState> states() {
        return states;
    }

    Map<Counter, Integer> counts() {
        return counts;
    }
}
