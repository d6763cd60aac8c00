package io.unifluid.streams;

import io.unifluid.schemas.RequestState;
import java.util.Set;

/** Which changes go to the status topic; fewer records leave more room for requests. */
public enum StatusPublishing {
    /** Every change. */
    ALL,
    /** How requests end, and nothing before. */
    TERMINAL,
    /** Nothing. */
    OFF;

    private static final Set<RequestState> ENDS = Set.of(
            RequestState.SUCCEEDED,
            RequestState.FAILED,
            RequestState.EXPIRED,
            RequestState.CANCELLED,
            RequestState.REJECTED);

    boolean publishes(RequestState state) {
        return switch (this) {
            case ALL -> true;
            case TERMINAL -> ENDS.contains(state);
            case OFF -> false;
        };
    }

    /** Whether a forgotten request may have left a status behind. */
    boolean publishesAny() {
        return this != OFF;
    }
}
