package io.unifluid.streams.readiness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder of the stores, checked before anything depends on it. */
public record StateFolder(Path path) {
    /** @throws IllegalStateException one sentence, when it cannot be written */
    public void check() {
        try {
            Files.createDirectories(path);
            Files.delete(Files.createTempFile(path, "check", ".tmp"));
        } catch (IOException e) {
            throw new IllegalStateException(
                    "The state folder " + path.toAbsolutePath()
                            + " cannot be written: give a writable one with space left in state-dir.",
                    e);
        }
    }
}
