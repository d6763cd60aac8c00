package io.unifluid.streams.event;

import io.unifluid.scheduling.lifecycle.LifecycleEvent;
import io.unifluid.scheduling.task.FailureKind;
import io.unifluid.schemas.BatchInfo;
import io.unifluid.schemas.ModelInfo;
import io.unifluid.schemas.OneLine;
import io.unifluid.schemas.Outcome;
import io.unifluid.schemas.Timings;
import java.util.Optional;

/** Reads a worker's report into the event that the lifecycle understands. */
public final class OutcomeReading {
    private static final int LONGEST_NAME = 200;
    private static final int LONGEST_MESSAGE = 2_000;

    /** The report with every field in bounds but its output, which is measured with the result; changes and returns it. */
    public static Outcome bounded(Outcome outcome) {
        outcome.setAt(Times.bounded(outcome.getAt()));
        outcome.setWorker(name(outcome.getWorker()));
        outcome.setMessage(outcome.getMessage() == null ? null : OneLine.of(outcome.getMessage(), LONGEST_MESSAGE));
        var model = outcome.getModel();
        if (model != null) {
            outcome.setModel(new ModelInfo(
                    name(model.getFamily()), name(model.getName()), name(model.getVersion()), name(model.getDevice())));
        }
        var batch = outcome.getBatch();
        if (batch != null) {
            outcome.setBatch(new BatchInfo(name(batch.getId()), batch.getSize(), number(batch.getPaddingShare())));
        }
        var timings = outcome.getTimings();
        if (timings != null) {
            outcome.setTimings(new Timings(
                    number(timings.getQueued()),
                    number(timings.getBatchWait()),
                    number(timings.getLaneWait()),
                    number(timings.getFetch()),
                    number(timings.getPreprocess()),
                    number(timings.getInference()),
                    number(timings.getPublish())));
        }
        return outcome;
    }

    private static String name(String told) {
        return OneLine.of(told, LONGEST_NAME);
    }

    private static double number(double told) {
        return Double.isFinite(told) && told > 0 ? told : 0;
    }

    /**
     * Empty when this version does not know the kind of report.
     *
     * @param proven see {@link LifecycleEvent.Failed#proven()}
     */
    public static Optional<LifecycleEvent> event(Outcome outcome, boolean proven) {
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
