package io.unifluid.scheduling.lifecycle;

/** Where a known request is. A request without state is new. */
public enum Phase implements Progress {
    /** A cancel came before its request; kept for {@link LifecycleSettings#cancelWindow()}. */
    CANCEL_PENDING,
    /** Handed to batching; no worker has said that it started. */
    SCHEDULED,
    /** A worker said that it started. */
    RUNNING,
    /** Backing off after a failure. */
    BACKING_OFF,
    /** Settled; kept for {@link LifecycleSettings#retention()} so that duplicates and late outcomes are known. */
    TERMINAL;

    /** Accepted and not yet settled. */
    public boolean live() {
        return switch (this) {
            case SCHEDULED, RUNNING, BACKING_OFF -> true;
            case CANCEL_PENDING, TERMINAL -> false;
        };
    }
}
