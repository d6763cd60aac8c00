package io.unifluid.scheduling.lifecycle;

import java.util.List;
import java.util.Optional;

/**
 * The answer of {@link RequestLifecycle}.
 *
 * @param state what to store; empty to store nothing, which drops what was stored
 * @param effects what to do, in this order
 */
public record Transition(Optional<LifecycleState> state, List<Effect> effects) {
    public Transition {
        effects = List.copyOf(effects);
    }
}
