package io.unifluid.scheduling.batching;

/** Why a batch was closed. */
public enum EmitReason {
    FULL_ITEMS,
    FULL_COST,
    FULL_BYTES,
    /** A request that must run by itself is in it, or next in line: waiting would fill nothing. */
    ISOLATED,
    /** The oldest request has waited long enough. */
    MAX_WAIT,
    /** A deadline leaves no more time. */
    DEADLINE,
    /** Somebody waits for it, and workers have nothing of its lane: waiting would only cost time. */
    IDLE
}
