package io.unifluid.cli;

import java.util.concurrent.CompletableFuture;

/**
 * Control-C, or a polite kill, as a wish: the command that is running finishes its line, says what became of everything
 * and ends by itself. One for the process, since signals are the process's. While a command listens, the virtual machine
 * waits for it; {@link #exit} ends it.
 */
final class Interruption {
    private static final Interruption OF_THIS_PROCESS = new Interruption();
    /** A stack of its own takes up to 45 s to stop in order. */
    private static final long PATIENCE_MS = 90_000;

    private final CompletableFuture<Void> heard = new CompletableFuture<>();
    private final Thread hook = new Thread(this::hear, "interruption");

    private Interruption() {}

    static Interruption ofThisProcess() {
        return OF_THIS_PROCESS;
    }

    /** Completes when it comes. */
    CompletableFuture<Void> listen() {
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            heard.complete(null); // it came before
        }
        return heard;
    }

    /** The command needs no time of its own any more. */
    void ignore() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // it has come; exit() ends the process
        }
    }

    boolean heard() {
        return heard.isDone();
    }

    /** Ends the process with this code, or with that of an interruption where there was one. */
    void exit(int code) {
        if (heard()) {
            Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
        }
        System.exit(code);
    }

    private void hear() {
        heard.complete(null);
        try {
            Thread.sleep(PATIENCE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
