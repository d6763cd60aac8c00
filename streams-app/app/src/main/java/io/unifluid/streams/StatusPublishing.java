package io.unifluid.streams;

import io.unifluid.scheduling.Phase;
import io.unifluid.scheduling.Progress;
import io.unifluid.scheduling.TerminalStatus;

/** Which changes go to the status topic; fewer records leave more room for requests. */
public enum StatusPublishing {
    /** Every change. */
    ALL,
    /** How requests end, and nothing before. */
    TERMINAL,
    /** Nothing. */
    OFF;

    boolean publishes(Progress progress) {
        return switch (this) {
            case ALL -> true;
            case TERMINAL ->
                switch (progress) {
                    case Phase _ -> false;
                    case TerminalStatus _ -> true;
                };
            case OFF -> false;
        };
    }

    /** Whether a forgotten request may have left a status behind. */
    boolean publishesAny() {
        return this != OFF;
    }
}
