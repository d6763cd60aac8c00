package io.unifluid.scheduling.simulation;

import io.unifluid.scheduling.lifecycle.LifecycleEvent;
import io.unifluid.scheduling.reuse.AttemptOutcome;
import io.unifluid.scheduling.task.FailureKind;
import java.util.Optional;

/**
 * Admission's word to batching that an attempt is over.
 *
 * @param event the worker's report that ended it; empty when none did, or when it was another one's
 */
record Finished(String requestId, int attempt, String key, AttemptOutcome outcome, Optional<LifecycleEvent> event) {

    FailureKind failure() {
        return event.filter(LifecycleEvent.Failed.class::isInstance)
                .map(failed -> ((LifecycleEvent.Failed) failed).kind())
                .orElse(FailureKind.UNKNOWN);
    }
}
