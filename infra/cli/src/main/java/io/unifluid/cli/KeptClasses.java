package io.unifluid.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The file of classes that the virtual machine writes when a command ends that found none, and that the next start of its
 * kind reads. The script says where it lies.
 */
final class KeptClasses {
    private static final String FILE = "unifluid.kept";
    private static final String POOR = ".poor";

    private KeptClasses() {}

    /**
     * What this process leaves is of a command that did not get to its work: the script has the next one write another.
     * Nothing where there was a file already.
     */
    static void poor() {
        var file = System.getProperty(FILE, "");
        if (file.isEmpty() || Files.exists(Path.of(file))) {
            return;
        }
        try {
            Files.writeString(Path.of(file + POOR), "");
        } catch (IOException e) {
            // then it starts a little slower
        }
    }
}
