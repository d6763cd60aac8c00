package io.unifluid.scheduling.lifecycle;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects the effects of one transition in the order in which they are told. */
final class Transitions {
    private final Optional<LifecycleState> next;
    private final List<Effect> effects = new ArrayList<>(4);

    private Transitions(Optional<LifecycleState> next) {
        this.next = next;
    }

    static Transitions to(LifecycleState next) {
        return new Transitions(Optional.of(next));
    }

    static Transitions toNothing() {
        return new Transitions(Optional.empty());
    }

    Transitions count(Counter counter) {
        effects.add(new Effect.Count(counter));
        return this;
    }

    Transitions schedule(LifecycleState.Scheduled state, Instant now) {
        effects.add(new Effect.Schedule(state.attempt(), state.isolated(), now));
        return this;
    }

    Transitions publish(Phase phase, int attempt, String detail) {
        effects.add(new Effect.PublishStatus(phase, attempt, detail));
        return this;
    }

    Transitions settle(TerminalStatus status, int attempt, String kind, String message) {
        effects.add(new Effect.Settle(status, kind, message));
        effects.add(new Effect.PublishStatus(status, attempt, message));
        return this;
    }

    Transitions deadLetter(Counter counter, String reason) {
        effects.add(new Effect.DeadLetter(reason));
        return count(counter);
    }

    Transitions wake(Instant at) {
        effects.add(new Effect.WakeAt(at));
        return this;
    }

    Transitions purge() {
        effects.add(new Effect.Purge());
        return this;
    }

    Transition done() {
        return new Transition(next, effects);
    }
}
