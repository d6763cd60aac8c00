package io.unifluid.scheduling;

/** How a request ends. */
public enum TerminalStatus {
    SUCCEEDED,
    FAILED,
    EXPIRED,
    CANCELLED,
    REJECTED
}
