package io.unifluid.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;

/** A folder under the system's temporary one that goes away with its owner. */
final class TemporaryFolder {
    private TemporaryFolder() {}

    static Path create(String name) {
        try {
            return Files.createTempDirectory("unifluid-" + name + "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Files that vanish meanwhile are fine. */
    static void delete(Path folder) {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            // already gone, which is what was asked for
        } catch (IOException e) {
            throw new UncheckedIOException("Could not remove " + folder + ".", e);
        }
    }
}
