package io.unifluid.streams.lifecycle;

import io.unifluid.scheduling.lifecycle.LifecycleState;
import io.unifluid.schemas.Outcome;
import io.unifluid.streams.intake.IntakeRecords;
import io.unifluid.streams.intake.Place;
import java.time.Instant;
import java.util.Optional;

/**
 * What the lifecycle store holds under a request id.
 *
 * @param metadata empty while only a cancel is known, and after the end, when no result can need it any more
 * @param secret what the tokens of its attempts follow from; empty when it was never handed out, or before there were
 *     tokens
 */
public record RequestRecord(LifecycleState state, Optional<RequestMetadata> metadata, Optional<OutcomeSecret> secret) {
    boolean live() {
        return state.phase().live();
    }

    /** Where the request itself lies, while that is needed. */
    Optional<Place> place() {
        return metadata.flatMap(RequestMetadata::place);
    }

    /** The same request in the request store. */
    RequestRecord copied() {
        return new RequestRecord(state, metadata.map(known -> known.at(Optional.empty())), secret);
    }

    /** When it is to be copied from its place. */
    Optional<Instant> copyAt() {
        return live() && place().isPresent()
                ? Optional.of(state.admittedAt().plus(IntakeRecords.COPIED_AFTER))
                : Optional.empty();
    }

    /** Whether a report carries another token than its attempt was handed out with. */
    boolean denies(Outcome outcome) {
        return secret.isPresent() && !secret.get().gave(outcome.getAttempt(), outcome.getToken());
    }

    /** Whether an attempt is with batching or a worker. */
    boolean dispatched() {
        return state instanceof LifecycleState.Dispatched;
    }

    /** Whether the attempt that {@code this} has out is over in the state that follows. */
    boolean attemptEndsWith(Optional<LifecycleState> next) {
        return dispatched()
                && next.filter(LifecycleState.Dispatched.class::isInstance)
                        .filter(state -> state.attempt() == this.state.attempt())
                        .isEmpty();
    }
}
