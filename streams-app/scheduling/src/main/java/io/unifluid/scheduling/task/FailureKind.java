package io.unifluid.scheduling.task;

/** What a worker says about a failure: who must act, and whether trying again can help. */
public enum FailureKind {
    /** The caller must act: trying again cannot help. */
    BAD_INPUT,
    /** Nobody must act: trying again later can help. */
    TRANSIENT,
    /** The model failed on the batch; the item may be innocent. */
    MODEL,
    /** The device had too little memory for the batch. */
    OUT_OF_MEMORY,
    /** The worker died with the batch. */
    CRASH,
    /** The worker runs another model than the request names; another worker may run it. */
    UNKNOWN_MODEL,
    /** Not known to this version: treated as {@link #TRANSIENT}. */
    UNKNOWN
}
