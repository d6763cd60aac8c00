package io.unifluid.streams;

import io.unifluid.scheduling.LifecycleState;
import io.unifluid.scheduling.Phase;
import java.util.Optional;

/**
 * What the lifecycle store holds under a request id.
 *
 * @param ticket empty while only a cancel is known, and after the end, when no result can need it any more
 */
record Tracked(LifecycleState state, Optional<Ticket> ticket) {
    boolean live() {
        return state.phase().live();
    }

    /** Whether an attempt is with batching or a worker. */
    boolean handedOut() {
        return state.phase() == Phase.SCHEDULED || state.phase() == Phase.RUNNING;
    }

    /** Whether the attempt that {@code this} has out is over in the state that follows. */
    boolean handOutEndsWith(Optional<LifecycleState> next) {
        return handedOut()
                && next.filter(state -> state.phase() == Phase.SCHEDULED || state.phase() == Phase.RUNNING)
                        .filter(state -> state.attempt() == this.state.attempt())
                        .isEmpty();
    }
}
