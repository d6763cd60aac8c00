package io.unifluid.streams.lifecycle;

import io.unifluid.scheduling.lifecycle.Phase;
import io.unifluid.scheduling.lifecycle.TerminalStatus;
import io.unifluid.scheduling.task.Lane;
import java.util.Optional;
import org.apache.kafka.common.errors.SerializationException;

/** What stands for a phase, a lane or an end in stored records. A code that was ever written keeps its meaning. */
final class StoredCodes {
    private static final int NOT_ENDED = -1;

    static int of(Phase phase) {
        return switch (phase) {
            case CANCEL_PENDING -> 0;
            case SCHEDULED -> 1;
            case RUNNING -> 2;
            case BACKING_OFF -> 3;
            case TERMINAL -> 4;
        };
    }

    static Phase phase(int code) {
        return switch (code) {
            case 0 -> Phase.CANCEL_PENDING;
            case 1 -> Phase.SCHEDULED;
            case 2 -> Phase.RUNNING;
            case 3 -> Phase.BACKING_OFF;
            case 4 -> Phase.TERMINAL;
            default -> throw unknown("phase", code);
        };
    }

    static int of(Lane lane) {
        return switch (lane) {
            case UNDERSTAND_INTERACTIVE -> 0;
            case GENERATE_INTERACTIVE -> 1;
            case UNDERSTAND_BULK -> 2;
            case GENERATE_BULK -> 3;
        };
    }

    static Lane lane(int code) {
        return switch (code) {
            case 0 -> Lane.UNDERSTAND_INTERACTIVE;
            case 1 -> Lane.GENERATE_INTERACTIVE;
            case 2 -> Lane.UNDERSTAND_BULK;
            case 3 -> Lane.GENERATE_BULK;
            default -> throw unknown("lane", code);
        };
    }

    static int of(Optional<TerminalStatus> end) {
        return end.map(status -> switch (status) {
                    case SUCCEEDED -> 0;
                    case FAILED -> 1;
                    case EXPIRED -> 2;
                    case CANCELLED -> 3;
                    case REJECTED -> 4;
                })
                .orElse(NOT_ENDED);
    }

    static Optional<TerminalStatus> terminal(int code) {
        return switch (code) {
            case NOT_ENDED -> Optional.empty();
            case 0 -> Optional.of(TerminalStatus.SUCCEEDED);
            case 1 -> Optional.of(TerminalStatus.FAILED);
            case 2 -> Optional.of(TerminalStatus.EXPIRED);
            case 3 -> Optional.of(TerminalStatus.CANCELLED);
            case 4 -> Optional.of(TerminalStatus.REJECTED);
            default -> throw unknown("end", code);
        };
    }

    private static SerializationException unknown(String what, int code) {
        return new SerializationException("A stored request has the " + what + " " + code
                + ", which this version does not know: run the version that wrote it.");
    }

    private StoredCodes() {}
}
