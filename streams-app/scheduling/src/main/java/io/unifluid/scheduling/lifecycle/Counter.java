package io.unifluid.scheduling.lifecycle;

import java.util.Locale;

/**
 * Everything that happens without a visible result of its own. Events of one kind add up:
 *
 * <pre>
 * submitted = DUPLICATE_REQUEST + FOREIGN_REQUEST + results + live requests        (while no state has been purged)
 * cancels   = results CANCELLED + CANCEL_AFTER_TERMINAL + DUPLICATE_CANCEL + CANCEL_EXPIRED + FOREIGN_CANCEL
 *           + pending cancels
 * successes = results SUCCEEDED + LATE_OUTCOME + DUPLICATE_OUTCOME + UNKNOWN_OUTCOME   (failures likewise, with RETRY)
 * </pre>
 *
 * <p>Outcomes that are FORGED_OUTCOME are neither successes nor failures.
 */
public enum Counter {
    /** A request whose id is known; dropped. */
    DUPLICATE_REQUEST,
    /** A request with the id of another tenant's; a dead letter. */
    FOREIGN_REQUEST,
    /** A start or an outcome without the token of its attempt; a dead letter. */
    FORGED_OUTCOME,
    /** An outcome of an attempt that no longer counts, or of a request that expired or was cancelled. */
    LATE_OUTCOME,
    /** An outcome after the one that settled the request, or a second report of the same failure. */
    DUPLICATE_OUTCOME,
    /** An outcome of a request that is not known (any more). */
    UNKNOWN_OUTCOME,
    /** A start that was reported too late to matter. */
    LATE_START,
    /** A cancel that names another tenant than its request does; a dead letter. */
    FOREIGN_CANCEL,
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
    /** A dispatch that no worker started for long; dispatched again. */
    LOST_DISPATCH,
    /** A started attempt without an outcome for long; tried again. */
    STUCK,
    /** A settled request that was forgotten after its retention. */
    PURGED;

    /** The counter's name in metrics, for example {@code duplicate_request}. */
    public String metricName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
