package io.unifluid.scheduling.simulation;

import io.unifluid.scheduling.lifecycle.LifecycleEvent;
import io.unifluid.scheduling.lifecycle.LifecycleState;
import io.unifluid.scheduling.lifecycle.Transition;
import java.time.Instant;
import java.util.Optional;

/** The lifecycle under test, or a broken variant of it. */
interface Decider {
    Transition apply(Optional<LifecycleState> state, LifecycleEvent event, Instant now);
}
