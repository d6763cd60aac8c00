package io.unifluid.cli;

import io.unifluid.client.Why;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;

/** What no sentence was written for. Its stack trace is for us, not for the terminal. */
final class Surprise {
    private Surprise() {}

    /** Keeps the stack trace in a new temporary file; the second half of a sentence says where. */
    static String kept(Throwable problem) {
        var trace = new StringWriter();
        problem.printStackTrace(new PrintWriter(trace));
        try {
            var file = Files.createTempFile("unifluid-", ".log");
            Files.writeString(file, trace.toString());
            return "the details are in " + file + ".";
        } catch (IOException e) {
            return "its details could not be kept (" + Why.of(e) + ").";
        }
    }
}
