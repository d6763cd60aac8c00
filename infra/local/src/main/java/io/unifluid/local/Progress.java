package io.unifluid.local;

import java.io.PrintStream;
import java.util.Locale;

/** How far a run is: one line that is rewritten on a terminal, a line every tenth of the way elsewhere. */
final class Progress implements AutoCloseable {
    private static final int WIDTH = 30;
    private static final long REDRAW_NANOS = 100_000_000;

    private final PrintStream out;
    private final boolean terminal;
    private final int total;
    private final long started = System.nanoTime();
    private int done;
    private int failed;
    private long drawn;
    private int tenths;

    Progress(PrintStream out, boolean terminal, int total) {
        this.out = out;
        this.terminal = terminal;
        this.total = total;
    }

    /** The script looks whether the error stream is a terminal. */
    static boolean onTerminal() {
        return Boolean.getBoolean("unifluid.terminal");
    }

    void step(boolean ok) {
        done++;
        failed += ok ? 0 : 1;
        if (terminal) {
            var now = System.nanoTime();
            if (done == total || now - drawn > REDRAW_NANOS) {
                drawn = now;
                out.print("\r" + bar());
                out.flush();
            }
        } else if (done * 10L / total > tenths) {
            tenths = (int) (done * 10L / total);
            out.println("  " + counts());
        }
    }

    /** Makes room for a line of text above the bar. */
    void clear() {
        if (terminal && drawn > 0) {
            out.print("\r\033[K");
            out.flush();
        }
    }

    @Override
    public void close() {
        if (terminal && drawn > 0) {
            out.println();
        }
    }

    private String bar() {
        var filled = (int) (WIDTH * (long) done / total);
        return "  [" + "#".repeat(filled) + ".".repeat(WIDTH - filled) + "] " + counts() + "\033[K";
    }

    private String counts() {
        var seconds = Math.max((System.nanoTime() - started) / 1e9, 1e-3);
        return String.format(Locale.ROOT, "%d of %d, %.1f/s", done, total, done / seconds)
                + (failed > 0 ? ", " + failed + " failed" : "");
    }
}
