package io.unifluid.chaos;

import java.time.Duration;

/**
 * One fault of a schedule.
 *
 * @param target which of several equal processes, from 0
 * @param calm how long nothing is done before it
 * @param hold how long it lasts: until the process is started again or goes on
 */
record Fault(FaultKind kind, int target, Duration calm, Duration hold) {
    @Override
    public String toString() {
        return kind.title() + " " + (target + 1) + " for " + hold.toMillis() / 1e3 + " s";
    }
}
