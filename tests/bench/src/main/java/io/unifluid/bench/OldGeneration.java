package io.unifluid.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The part of another JVM's heap that outlives collections, read by jstat, which costs that JVM nothing. */
final class OldGeneration {
    private static final String USED_KIB = "OU";

    private OldGeneration() {}

    /** NaN when it cannot be told. */
    static double usedMiB(long pid) {
        var jstat = Path.of(System.getProperty("java.home"), "bin", "jstat").toString();
        try {
            var process = new ProcessBuilder(jstat, "-gc", Long.toString(pid))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            List<String> lines;
            try (var out = process.inputReader()) {
                lines = out.lines().toList();
            }
            var names = List.of(lines.getFirst().strip().split("\\s+"));
            var values = lines.getLast().strip().split("\\s+");
            return Double.parseDouble(values[names.indexOf(USED_KIB)]) / 1024;
        } catch (IOException | RuntimeException e) {
            return Double.NaN;
        }
    }
}
