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

    static String kind(Phase phase) {
        return switch (phase) {
            case SCHEDULED -> "DEADLINE_BATCH_WAIT";
            case RUNNING -> "DEADLINE_RUNNING";
            case BACKING_OFF -> "DEADLINE_BACK_OFF";
            case CANCEL_PENDING, TERMINAL -> throw new IllegalArgumentException(phase + " does not expire.");
        };
    }

    static String message(Phase phase) {
        return switch (phase) {
            case SCHEDULED -> "The deadline passed while it waited for a batch and a worker.";
            case RUNNING -> "The deadline passed while a worker was running it.";
            case BACKING_OFF -> "The deadline passed while it waited to be tried again.";
            case CANCEL_PENDING, TERMINAL -> throw new IllegalArgumentException(phase + " does not expire.");
        };
    }

    private Deadlines() {}
}
