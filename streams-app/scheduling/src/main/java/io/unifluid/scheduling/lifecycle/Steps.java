package io.unifluid.scheduling.lifecycle;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects the effects of one transition in the order in which they are told. */
final class Steps {
    private final Optional<LifecycleState> next;
    private final List<Effect> effects = new ArrayList<>(4);

    private Steps(Optional<LifecycleState> next) {
        this.next = next;
    }

    static Steps to(LifecycleState next) {
        return new Steps(Optional.of(next));
    }

    static Steps toNothing() {
        return new Steps(Optional.empty());
    }

    Steps count(Counter counter) {
        effects.add(new Effect.Count(counter));
        return this;
    }

    Steps schedule(LifecycleState state, Instant now) {
        effects.add(new Effect.Schedule(state.attempt(), state.alone(), now));
        return this;
    }

    Steps publish(Phase phase, int attempt, String detail) {
        effects.add(new Effect.PublishStatus(phase, attempt, detail));
        return this;
    }

    Steps settle(TerminalStatus status, int attempt, String kind, String message) {
        effects.add(new Effect.Settle(status, kind, message));
        effects.add(new Effect.PublishStatus(status, attempt, message));
        return this;
    }

    Steps deadLetter(Counter counter, String reason) {
        effects.add(new Effect.DeadLetter(reason));
        return count(counter);
    }

    Steps wake(Instant at) {
        effects.add(new Effect.WakeAt(at));
        return this;
    }

    Steps purge() {
        effects.add(new Effect.Purge());
        return this;
    }

    Transition done() {
        return new Transition(next, effects);
    }
}
