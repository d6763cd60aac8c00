package io.unifluid.cli;

import java.util.Locale;

/** How far a run is: a bar that stays below all else on a terminal, a line every tenth of the way elsewhere. */
final class Progress implements AutoCloseable {
    private static final int WIDTH = 30;

    private final Screen screen;
    private final int total;
    private final long started = System.nanoTime();
    private int done;
    private int failed;
    private int tenths;

    /** @param total above 0 */
    Progress(Screen screen, int total) {
        this.screen = screen;
        this.total = total;
        screen.bar(bar());
    }

    /**
     * One more is done.
     *
     * @param failed of all so far
     */
    void step(int failed) {
        done++;
        this.failed = failed;
        screen.bar(bar());
        if (!screen.terminal() && done * 10L / total > tenths) {
            tenths = (int) (done * 10L / total);
            screen.note("  " + counts());
        }
    }

    @Override
    public void close() {
        screen.leaveBar();
    }

    private String bar() {
        var filled = (int) (WIDTH * (long) done / total);
        return "  [" + "#".repeat(filled) + ".".repeat(WIDTH - filled) + "] " + counts();
    }

    private String counts() {
        var seconds = Math.max((System.nanoTime() - started) / 1e9, 1e-3);
        return String.format(Locale.ROOT, "%d of %d, %.1f/s", done, total, done / seconds)
                + (failed > 0 ? ", " + failed + " failed" : "");
    }
}
