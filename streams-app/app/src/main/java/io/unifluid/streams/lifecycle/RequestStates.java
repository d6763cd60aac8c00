package io.unifluid.streams.lifecycle;

import io.unifluid.scheduling.lifecycle.Phase;
import io.unifluid.scheduling.lifecycle.Progress;
import io.unifluid.scheduling.lifecycle.TerminalStatus;
import io.unifluid.schemas.RequestState;

/** How progress is called on the status topic. */
final class RequestStates {
    static RequestState of(Progress progress) {
        return switch (progress) {
            case Phase.SCHEDULED -> RequestState.SCHEDULED;
            case Phase.RUNNING -> RequestState.RUNNING;
            case Phase.BACKING_OFF -> RequestState.WAITING;
            case Phase.CANCEL_PENDING, Phase.TERMINAL ->
                throw new IllegalArgumentException(progress + " is not told on the status topic.");
            case TerminalStatus status -> Ends.state(status);
        };
    }

    private RequestStates() {}
}
