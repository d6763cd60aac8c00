package io.unifluid.scheduling.lifecycle;

import java.time.Duration;
import java.time.Instant;

/** What an expired request is told: where it was when its deadline passed. */
public final class Deadlines {
    /** Passed before the request was admitted: it waited in the requests topic, or its deadline was wrong. */
    static final String QUEUED = "DEADLINE_QUEUED";

    static String beforeAdmission(Instant deadline, Instant now) {
        return "The deadline passed " + Duration.between(deadline, now).toMillis()
                + " ms before admission: send it earlier, or with a later deadline.";
    }

    static String kind(LifecycleState.Active state) {
        return switch (state) {
            case LifecycleState.Scheduled _ -> "DEADLINE_BATCH_WAIT";
            case LifecycleState.Running _ -> "DEADLINE_RUNNING";
            case LifecycleState.BackingOff _ -> "DEADLINE_BACK_OFF";
        };
    }

    static String message(LifecycleState.Active state) {
        return switch (state) {
            case LifecycleState.Scheduled _ -> "The deadline passed while it waited for a batch and a worker.";
            case LifecycleState.Running _ -> "The deadline passed while a worker was running it.";
            case LifecycleState.BackingOff _ -> "The deadline passed while it waited to be tried again.";
        };
    }

    private Deadlines() {}
}
