package io.unifluid.streams.config;

import io.unifluid.scheduling.lifecycle.Phase;
import io.unifluid.scheduling.lifecycle.Progress;
import io.unifluid.scheduling.lifecycle.TerminalStatus;

/** Which changes go to the status topic; fewer records leave more room for requests. */
public enum StatusPublishing {
    /** Every change. */
    ALL,
    /** Every change where somebody waits, and how bulk ends. */
    BRIEF,
    /** How requests end, and nothing before. */
    TERMINAL,
    /** Nothing. */
    OFF;

    public boolean publishes(Progress progress, boolean interactive) {
        return switch (this) {
            case ALL -> true;
            case BRIEF -> interactive || isEnd(progress);
            case TERMINAL -> isEnd(progress);
            case OFF -> false;
        };
    }

    private static boolean isEnd(Progress progress) {
        return switch (progress) {
            case Phase _ -> false;
            case TerminalStatus _ -> true;
        };
    }

    /** Whether a forgotten request may have left a status behind. */
    public boolean publishesAny() {
        return this != OFF;
    }
}
