package io.unifluid.streams;

import io.unifluid.scheduling.FailureKind;
import io.unifluid.scheduling.LifecycleEvent;
import io.unifluid.schemas.Outcome;
import java.util.Optional;

/** Reads a worker's report into the event that the lifecycle understands. */
final class OutcomeReading {
    /**
     * Empty when this version does not know the kind of report.
     *
     * @param proven see {@link LifecycleEvent.Failed#proven()}
     */
    static Optional<LifecycleEvent> event(Outcome outcome, boolean proven) {
        return switch (outcome.getKind()) {
            case STARTED ->
                Optional.of(new LifecycleEvent.Started(
                        outcome.getAttempt(),
                        outcome.getBatch() == null ? "" : outcome.getBatch().getId(),
                        outcome.getWorker()));
            case SUCCEEDED -> Optional.of(new LifecycleEvent.Succeeded(outcome.getAttempt()));
            case FAILED ->
                Optional.of(new LifecycleEvent.Failed(
                        outcome.getAttempt(), failure(outcome.getFailure()), message(outcome), proven));
            case UNKNOWN -> Optional.empty();
        };
    }

    private static FailureKind failure(io.unifluid.schemas.FailureKind kind) {
        return switch (kind) {
            case BAD_INPUT -> FailureKind.BAD_INPUT;
            case TRANSIENT -> FailureKind.TRANSIENT;
            case MODEL -> FailureKind.MODEL;
            case OUT_OF_MEMORY -> FailureKind.OUT_OF_MEMORY;
            case CRASH -> FailureKind.CRASH;
            case UNKNOWN_MODEL -> FailureKind.UNKNOWN_MODEL;
            case UNKNOWN -> FailureKind.UNKNOWN;
            case null -> FailureKind.UNKNOWN;
        };
    }

    private static String message(Outcome outcome) {
        return outcome.getMessage() == null || outcome.getMessage().isBlank()
                ? "The worker gave no reason."
                : outcome.getMessage();
    }

    private OutcomeReading() {}
}
