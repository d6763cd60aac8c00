package io.unifluid.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A Python with the packages that a test needs: {@code UNIFLUID_TEST_PYTHON}, else {@code python3}; skips without. */
public final class Python {
    private Python() {}

    /** What the script printed. */
    public static String run(List<String> packages, String script, String... arguments) {
        var python = System.getenv().getOrDefault("UNIFLUID_TEST_PYTHON", "python3");
        Assumptions.assumeTrue(
                packages.stream().allMatch(name -> ran(List.of(python, "-c", "import " + name))),
                "Python has not all of " + packages
                        + ": install them and name that Python in UNIFLUID_TEST_PYTHON to run this.");
        var command = new ArrayList<>(List.of(python, "-c", script));
        command.addAll(List.of(arguments));
        return Tool.run(Path.of("."), command);
    }

    private static boolean ran(List<String> command) {
        try {
            var out = Files.createTempFile("python", ".out").toFile();
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(out)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
