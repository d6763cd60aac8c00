package io.unifluid.scheduling.lifecycle;

/** How a request ends. */
public enum TerminalStatus implements Progress {
    SUCCEEDED,
    FAILED,
    EXPIRED,
    CANCELLED,
    REJECTED
}
