package io.unifluid.archive;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Other programs, such as tar, by which the archives of the tests are made. */
public final class Tool {
    private Tool() {}

    /** What it printed; skips the test where there is no such program. */
    public static String run(Path folder, List<String> command) {
        try {
            var out = Files.createTempFile("tool", ".out");
            Process process;
            try {
                process = new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
            } catch (IOException e) {
                Assumptions.abort("There is no " + command.getFirst() + " here: " + e.getMessage());
                throw e;
            }
            int code = process.waitFor();
            var said = Files.readString(out);
            if (code != 0) {
                throw new IllegalStateException(command + " ended with " + code + ": " + said);
            }
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public static String run(Path folder, String... command) {
        return run(folder, List.of(command));
    }
}
