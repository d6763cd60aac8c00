package io.unifluid.scheduling.lifecycle;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Moves one request through its life by hand and remembers what came of it. */
final class LifecycleDriver {
    private final RequestLifecycle lifecycle;
    private Optional<LifecycleState> state = Optional.empty();
    private final List<Effect> effects = new ArrayList<>();

    LifecycleDriver(LifecycleSettings settings) {
        this.lifecycle = new RequestLifecycle(settings);
    }

    /** Applies an event and returns its effects alone. */
    List<Effect> on(Instant now, LifecycleEvent event) {
        Transition transition = lifecycle.apply(state, event, now);
        state = transition.state();
        effects.addAll(transition.effects());
        return transition.effects();
    }

    LifecycleDriver given(Instant now, LifecycleEvent event) {
        on(now, event);
        return this;
    }

    LifecycleState state() {
        return state.orElseThrow();
    }

    boolean forgotten() {
        return state.isEmpty();
    }

    List<Effect.Settle> settled() {
        return effects.stream()
                .filter(Effect.Settle.class::isInstance)
                .map(Effect.Settle.class::cast)
                .toList();
    }

    List<Effect.Schedule> dispatched() {
        return effects.stream()
                .filter(Effect.Schedule.class::isInstance)
                .map(Effect.Schedule.class::cast)
                .toList();
    }
}
