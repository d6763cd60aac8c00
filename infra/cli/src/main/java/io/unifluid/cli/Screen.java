package io.unifluid.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * What a command says: results on the output, all else on the error stream. Each line goes out whole, with one write, so
 * that nothing which ends the process leaves half of one; {@link Visible} is applied to all of it. On a terminal one more
 * line can stand below the others, the bar. Safe from any thread.
 */
final class Screen {
    private static final String ERASE_REST = "\033[K";

    private final PrintStream out;
    private final PrintStream err;
    private final boolean terminal;
    private String bar = "";

    /** @param terminal whether somebody watches the error stream */
    Screen(PrintStream out, PrintStream err, boolean terminal) {
        this.out = out;
        this.err = err;
        this.terminal = terminal;
    }

    /** The process's own streams; the script looks whether the error stream is a terminal. */
    static Screen standard() {
        return new Screen(System.out, System.err, Boolean.getBoolean("unifluid.terminal"));
    }

    boolean terminal() {
        return terminal;
    }

    /** @throws EnvironmentProblem when nobody takes the output any more */
    void result(String line) {
        above(out, Visible.line(line));
        if (out.checkError()) {
            throw new EnvironmentProblem("The output cannot be written any more: its disk is full, or the program"
                    + " that read it has ended.");
        }
    }

    /** A line of columns with a tab between each two; tabs within them are written out. */
    void results(String... columns) {
        result(Arrays.stream(columns).map(Visible::text).collect(Collectors.joining("\t")));
    }

    void json(ObjectNode node) {
        result(JsonLines.line(node));
    }

    /** For people. */
    void note(String line) {
        above(err, Visible.line(line));
    }

    /** Puts this in place of the bar; empty takes it away. Does nothing where there is no terminal. */
    synchronized void bar(String text) {
        if (terminal) {
            bar = Visible.text(text);
            write(err, "\r" + bar + ERASE_REST);
        }
    }

    /** The bar becomes an ordinary line. */
    synchronized void leaveBar() {
        if (!bar.isEmpty()) {
            bar = "";
            write(err, System.lineSeparator());
        }
    }

    private synchronized void above(PrintStream stream, String line) {
        if (!bar.isEmpty()) {
            write(err, "\r" + ERASE_REST);
        }
        write(stream, line + System.lineSeparator());
        if (!bar.isEmpty()) {
            write(err, bar);
        }
    }

    private static void write(PrintStream stream, String text) {
        var bytes = text.getBytes(stream.charset());
        stream.write(bytes, 0, bytes.length);
        stream.flush();
    }
}
