package io.unifluid.cli;

/** What the command's exit code says. */
final class ExitCode {
    static final int OK = 0;
    /** Everything ran; at least one request did not succeed. */
    static final int SOME_FAILED = 1;
    /** The command line or a setting is wrong. */
    static final int USAGE = 2;
    /** A port, folder, process or the model is in the way. */
    static final int ENVIRONMENT = 3;
    /** Control-C or a polite kill, as shells count it. */
    static final int INTERRUPTED = 130;

    private ExitCode() {}
}
