package io.unifluid.scheduling;

import java.util.Locale;

/**
 * Everything that happens without a visible result of its own. Events of one kind add up:
 *
 * <pre>
 * submitted = DUPLICATE_REQUEST + results + live requests        (while no state has been purged)
 * cancels   = results CANCELLED + CANCEL_AFTER_TERMINAL + DUPLICATE_CANCEL + CANCEL_EXPIRED + pending cancels
 * successes = results SUCCEEDED + LATE_OUTCOME + DUPLICATE_OUTCOME + UNKNOWN_OUTCOME   (failures likewise, with RETRY)
 * </pre>
 */
public enum Counter {
    /** A request whose id is known; dropped. */
    DUPLICATE_REQUEST,
    /** An outcome of an attempt that no longer counts, or of a request that expired or was cancelled. */
    LATE_OUTCOME,
    /** An outcome after the one that settled the request, or a second report of the same failure. */
    DUPLICATE_OUTCOME,
    /** An outcome of a request that is not known (any more). */
    UNKNOWN_OUTCOME,
    /** A start that was reported too late to matter. */
    LATE_START,
    /** A cancel of a request that has its result. */
    CANCEL_AFTER_TERMINAL,
    /** A cancel of a request that is not known (yet); remembered for a while. */
    CANCEL_UNKNOWN,
    /** A second cancel while the first one waits for its request. */
    DUPLICATE_CANCEL,
    /** A remembered cancel whose request never came. */
    CANCEL_EXPIRED,
    /** A failed attempt that is tried again. */
    RETRY,
    /** A hand-out that no worker started for long; handed out again. */
    LOST_HAND_OUT,
    /** A started attempt without an outcome for long; tried again. */
    STUCK,
    /** A settled request that was forgotten after its retention. */
    PURGED;

    /** The counter's name in metrics, for example {@code duplicate_request}. */
    public String metricName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
