package io.unifluid.cli;

import io.unifluid.archive.run.RunProgress;
import java.util.Locale;
import java.util.stream.Collectors;

/** How far a run through an archive is: a bar on a terminal, a line every half minute elsewhere. */
final class ArchiveBar implements AutoCloseable {
    private static final int WIDTH = 30;
    private static final long LOOK_MS = 250;
    private static final long LINE_MS = 30_000;
    /** Seconds over which the rate is taken, so that the time left follows what happens now. */
    private static final int WINDOW = 30;

    private static final int KINDS = 3;

    private final Screen screen;
    private final RunProgress progress;
    private final long started = System.nanoTime();
    private final long[] seen = new long[WINDOW];
    private final Thread thread;
    private long seconds;
    private long linedAt = started;

    ArchiveBar(Screen screen, RunProgress progress) {
        this.screen = screen;
        this.progress = progress;
        this.thread = Thread.ofVirtual().name("bar").start(this::show);
    }

    private void show() {
        try {
            while (true) {
                Thread.sleep(LOOK_MS);
                screen.bar(text());
                if (!screen.terminal() && System.nanoTime() - linedAt > LINE_MS * 1_000_000) {
                    linedAt = System.nanoTime();
                    screen.note("  " + counts());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String text() {
        var total = progress.total();
        long done = progress.done() + progress.earlier();
        if (total.isEmpty() || total.getAsLong() == 0) {
            return "  " + counts();
        }
        int filled = (int) Math.min(WIDTH, WIDTH * done / total.getAsLong());
        return "  [" + "#".repeat(filled) + ".".repeat(WIDTH - filled) + "] " + counts();
    }

    private String counts() {
        long done = progress.done() + progress.earlier();
        double rate = rate();
        var text = new StringBuilder()
                .append(done)
                .append(progress.total().isPresent() ? " of " + progress.total().getAsLong() : "")
                .append(String.format(Locale.ROOT, ", %.1f/s", rate));
        progress.total().ifPresent(total -> {
            if (rate > 0 && total > done) {
                text.append(", ").append(left((long) ((total - done) / rate))).append(" left");
            }
        });
        if (progress.failed() > 0) {
            text.append(", ").append(progress.failed()).append(" failed (");
            text.append(progress.kinds().entrySet().stream()
                    .sorted((one, other) -> Long.compare(other.getValue(), one.getValue()))
                    .limit(KINDS)
                    .map(kind -> kind.getValue() + " " + kind.getKey())
                    .collect(Collectors.joining(", ")));
            text.append(')');
        }
        return text.toString();
    }

    private double rate() {
        long now = (System.nanoTime() - started) / 1_000_000_000;
        for (; seconds < now; seconds++) {
            seen[(int) (seconds % WINDOW)] = progress.done();
        }
        long window = Math.min(WINDOW - 1, seconds);
        long before = window == 0 ? 0 : seconds < WINDOW ? 0 : seen[(int) (seconds % WINDOW)];
        double took = seconds < WINDOW ? (System.nanoTime() - started) / 1e9 : WINDOW;
        return (progress.done() - before) / Math.max(took, 1e-3);
    }

    static String left(long seconds) {
        return seconds < 60
                ? seconds + " s"
                : seconds < 7200
                        ? seconds / 60 + " min"
                        : seconds < 172_800 ? seconds / 3600 + " h" : seconds / 86_400 + " days";
    }

    @Override
    public void close() {
        thread.interrupt();
        screen.bar(text());
        screen.leaveBar();
    }
}
