package io.unifluid.scheduling.lifecycle;

/** How a request ends. */
public enum TerminalStatus implements Progress {
    SUCCEEDED(Cause.ANSWER),
    FAILED(Cause.FAILURE),
    EXPIRED(Cause.CALL_OFF),
    CANCELLED(Cause.CALL_OFF),
    REJECTED(Cause.REFUSAL);

    /** What ends a request. */
    public enum Cause {
        /** It was computed. */
        ANSWER,
        /** It cannot be computed, as far as was tried. */
        FAILURE,
        /** Nobody wants the answer any more, whatever became of the attempt under way. */
        CALL_OFF,
        /** It was never let in. */
        REFUSAL
    }

    private final Cause cause;

    TerminalStatus(Cause cause) {
        this.cause = cause;
    }

    public Cause cause() {
        return cause;
    }
}
