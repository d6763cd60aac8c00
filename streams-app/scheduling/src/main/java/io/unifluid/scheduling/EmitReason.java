package io.unifluid.scheduling;

/** Why a batch was closed. */
public enum EmitReason {
    /** It holds a request that must run by itself. */
    ALONE,
    FULL_ITEMS,
    FULL_COST,
    FULL_BYTES,
    /** The oldest request has waited long enough. */
    MAX_WAIT,
    /** A deadline leaves no more time. */
    DEADLINE
}
