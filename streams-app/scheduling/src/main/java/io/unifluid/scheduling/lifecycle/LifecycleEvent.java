package io.unifluid.scheduling.lifecycle;

import io.unifluid.scheduling.admission.AdmissionLimits;
import io.unifluid.scheduling.admission.Rejection;
import io.unifluid.scheduling.admission.RequestValidator;
import io.unifluid.scheduling.task.FailureKind;
import io.unifluid.scheduling.task.WorkProfile;
import java.util.Optional;

/** What can happen to a request. Any event may come twice, late, or in any order. */
public sealed interface LifecycleEvent {

    /**
     * The request arrived.
     *
     * @param rejection why admission refuses it, from {@link RequestValidator} or {@link AdmissionLimits}
     */
    record Submitted(WorkProfile profile, Optional<Rejection> rejection) implements LifecycleEvent {}

    /**
     * The caller does not want it any more.
     *
     * @param tenant who says so
     */
    record CancelRequested(String requestId, String tenant, String reason) implements LifecycleEvent {}

    /** A worker started an attempt, or says again that it still works on it: both start the stuck timer anew. */
    record Started(int attempt, String batchId, String worker) implements LifecycleEvent {}

    /** A worker finished an attempt. */
    record Succeeded(int attempt) implements LifecycleEvent {}

    /**
     * A worker failed an attempt; {@code message} is one sentence.
     *
     * @param proven another attempt is of no use: a request with the same content went through all its attempts to this
     *     end, or no worker runs the model
     */
    record Failed(int attempt, FailureKind kind, String message, boolean proven) implements LifecycleEvent {
        public Failed(int attempt, FailureKind kind, String message) {
            this(attempt, kind, message, false);
        }
    }

    /**
     * What the last event asked for cannot be done, for example written, so that the request ends here.
     *
     * @param kind stable, machine-readable name
     * @param reason one sentence
     */
    record Impossible(String kind, String reason) implements LifecycleEvent {}

    /** Somebody reported on an attempt without the token that it was handed out with. */
    record Forged() implements LifecycleEvent {}

    /** Time passed: {@link LifecycleState#nextDueAt()} may have come. Too early a tick does nothing. */
    record Tick() implements LifecycleEvent {}
}
