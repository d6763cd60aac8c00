package io.unifluid.streams.lifecycle;

import io.unifluid.scheduling.lifecycle.Phase;
import io.unifluid.scheduling.lifecycle.TerminalStatus;
import io.unifluid.scheduling.task.Lane;
import io.unifluid.streams.event.Lanes;
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
        return Lanes.code(lane);
    }

    static Lane lane(int code) {
        return Lanes.ofCode(code).orElseThrow(() -> unknown("lane", code));
    }

    static int of(Optional<TerminalStatus> end) {
        return end.map(Ends::code).orElse(NOT_ENDED);
    }

    static Optional<TerminalStatus> terminal(int code) {
        return code == NOT_ENDED
                ? Optional.empty()
                : Optional.of(Ends.ofCode(code).orElseThrow(() -> unknown("end", code)));
    }

    private static SerializationException unknown(String what, int code) {
        return new SerializationException("A stored request has the " + what + " " + code
                + ", which this version does not know: run the version that wrote it.");
    }

    private StoredCodes() {}
}
