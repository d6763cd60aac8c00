package io.unifluid.stack;

import java.util.Map;
import java.util.Set;

/** How a process ended, as its parent sees it: a signal counts as 128 and its number. */
record ExitStatus(int code) {
    private static final int SIGNALS = 128;
    private static final int KILL = 9;
    /** Those that a process does not bring upon itself. */
    private static final Set<String> FROM_OUTSIDE = Set.of("SIGHUP", "SIGINT", "SIGKILL", "SIGTERM");

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(1, "SIGHUP"),
            Map.entry(2, "SIGINT"),
            Map.entry(3, "SIGQUIT"),
            Map.entry(4, "SIGILL"),
            Map.entry(6, "SIGABRT"),
            Map.entry(7, "SIGBUS"),
            Map.entry(8, "SIGFPE"),
            Map.entry(KILL, "SIGKILL"),
            Map.entry(11, "SIGSEGV"),
            Map.entry(13, "SIGPIPE"),
            Map.entry(15, "SIGTERM"));

    boolean isSignal() {
        return NAMES.containsKey(code - SIGNALS);
    }

    /** Whether somebody else ended it, so that its own words do not tell why. */
    boolean isFromOutside() {
        return isSignal() && FROM_OUTSIDE.contains(NAMES.get(code - SIGNALS));
    }

    /** After "the worker", for example {@code was killed by SIGKILL}. */
    String sentence() {
        if (!isSignal()) {
            return "ended with exit code " + code;
        }
        return "was killed by " + NAMES.get(code - SIGNALS)
                + (code == SIGNALS + KILL ? ", by hand or by the system when memory ran out" : "");
    }
}
