package io.unifluid.scheduling.simulation;

import io.unifluid.scheduling.batching.Candidate;
import io.unifluid.scheduling.lifecycle.Counter;
import io.unifluid.scheduling.lifecycle.Effect;
import io.unifluid.scheduling.lifecycle.LifecycleEvent;
import io.unifluid.scheduling.lifecycle.LifecycleState;
import io.unifluid.scheduling.lifecycle.Phase;
import io.unifluid.scheduling.lifecycle.StateKeys;
import io.unifluid.scheduling.lifecycle.Transition;
import io.unifluid.scheduling.reuse.AttemptOutcome;
import io.unifluid.scheduling.task.Lane;
import io.unifluid.scheduling.task.WorkProfile;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Stores states, does the effects, and loses its timers, but not its stores, when it crashes. */
final class AdmittingTask {
    /** Longest way from here to batching, in milliseconds. */
    static final int MAX_WAY_TO_BATCHING = 19;

    private final World world;
    private final Decider decider;
    private final Promise promise;
    private final BiConsumer<Lane, Object> batching;
    private final StateKeys keys = new StateKeys(200);
    private final Map<String, LifecycleState> states = new HashMap<>();
    private final Map<String, WorkProfile> payloads = new HashMap<>();
    private final Map<Lane, Instant> lastWay = new EnumMap<>(Lane.class);
    private final Map<Counter, Integer> counts = new EnumMap<>(Counter.class);
    private int incarnation;
    private int events;

    AdmittingTask(World world, Decider decider, Promise promise, BiConsumer<Lane, Object> batching) {
        this.world = world;
        this.decider = decider;
        this.promise = promise;
        this.batching = batching;
    }

    void on(String requestId, LifecycleEvent event) {
        advance(requestId, keys.find(requestId, event, states::get), event);
    }

    private void advance(String requestId, Optional<LifecycleState> before, LifecycleEvent event) {
        events++;
        Transition transition = decider.apply(before, event, world.now());
        if (event instanceof LifecycleEvent.Submitted submitted) {
            payloads.putIfAbsent(requestId, submitted.profile());
        }
        before.ifPresent(state -> states.remove(keys.of(state)));
        transition.state().ifPresent(state -> states.put(keys.of(state), state));
        before.filter(state -> attemptEnds(state, transition.state()))
                .ifPresent(state -> finished(state, transition, event));
        for (Effect effect : transition.effects()) {
            perform(requestId, event, transition.state(), effect);
        }
    }

    private void perform(String requestId, LifecycleEvent event, Optional<LifecycleState> state, Effect effect) {
        switch (effect) {
            case Effect.Schedule schedule -> {
                promise.dispatched(requestId, schedule);
                Candidate candidate = new Candidate(
                        payloads.get(requestId), schedule.attempt(), schedule.isolated(), schedule.scheduledAt());
                send(candidate.profile().lane(), candidate);
            }
            case Effect.Settle settle ->
                promise.settled(
                        requestId,
                        state.flatMap(LifecycleState::tenant).orElseThrow(),
                        settle,
                        state.map(LifecycleState::attempt).orElse(0),
                        world.now());
            case Effect.WakeAt wake -> tickAt(keys.of(state.orElseThrow()), wake.at());
            case Effect.DeadLetter _ -> promise.setAside(requestId, event);
            case Effect.Purge _ -> payloads.remove(requestId);
            case Effect.Count count -> counts.merge(count.counter(), 1, Integer::sum);
            case Effect.PublishStatus _ -> {}
        }
    }

    private static boolean attemptEnds(LifecycleState before, Optional<LifecycleState> after) {
        return dispatched(before)
                && after.filter(AdmittingTask::dispatched)
                        .filter(next -> next.attempt() == before.attempt())
                        .isEmpty();
    }

    private static boolean dispatched(LifecycleState state) {
        return state.phase() == Phase.SCHEDULED || state.phase() == Phase.RUNNING;
    }

    private void finished(LifecycleState before, Transition transition, LifecycleEvent event) {
        before.computationKey().ifPresent(key -> {
            Optional<LifecycleEvent> own =
                    promise.wasComputed(before.requestId(), event) ? Optional.of(event) : Optional.empty();
            send(
                    payloads.get(before.requestId()).lane(),
                    new Finished(
                            before.requestId(),
                            before.attempt(),
                            key,
                            AttemptOutcome.of(before, transition, false),
                            own));
        });
    }

    /** In order: a lane's dispatches and ends share a partition. */
    private void send(Lane lane, Object word) {
        Instant arrival = world.now().plusMillis(world.below(1 + MAX_WAY_TO_BATCHING));
        Instant inOrder = lastWay.merge(lane, arrival, (last, next) -> last.isAfter(next) ? last : next);
        world.at(inOrder, () -> batching.accept(lane, word));
    }

    private void tickAt(String key, Instant at) {
        int registered = incarnation;
        world.at(at, () -> {
            LifecycleState state = states.get(key);
            if (registered == incarnation && state != null) {
                advance(state.requestId(), Optional.of(state), new LifecycleEvent.Tick());
            }
        });
    }

    /** Loses every timer and reads them back from the stored states. */
    void crashAndRestart() {
        incarnation++;
        states.forEach((key, state) -> tickAt(key, state.nextDueAt()));
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
