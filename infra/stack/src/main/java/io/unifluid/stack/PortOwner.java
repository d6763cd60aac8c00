package io.unifluid.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Who listens on a port, as far as Linux shows it to this user. */
final class PortOwner {
    private static final String LISTEN = "0A";

    private PortOwner() {}

    /** For example {@code process 4711 (java)}; empty where it cannot be seen. */
    static Optional<String> of(int port) {
        try {
            var sockets = listening(port);
            if (sockets.isEmpty()) {
                return Optional.empty();
            }
            try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
                for (var process : processes) {
                    if (holds(process, sockets)) {
                        var name = Files.readString(process.resolve("comm")).strip();
                        return Optional.of("process " + process.getFileName() + " (" + name + ")");
                    }
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // not Linux: the sentence does without
        }
    }

    /** The kernel's links of the sockets that listen there, such as {@code socket:[12345]}. */
    private static Set<String> listening(int port) throws IOException {
        var suffix = String.format(Locale.ROOT, ":%04X", port);
        var sockets = new HashSet<String>();
        for (var table : new String[] {"/proc/net/tcp", "/proc/net/tcp6"}) {
            var file = Path.of(table);
            if (!Files.isReadable(file)) {
                continue;
            }
            for (var line : Files.readAllLines(file)) {
                var columns = line.strip().split("\\s+");
                if (columns.length > 9 && columns[1].endsWith(suffix) && columns[3].equals(LISTEN)) {
                    sockets.add("socket:[" + columns[9] + "]");
                }
            }
        }
        return sockets;
    }

    private static boolean holds(Path process, Set<String> sockets) {
        try (var descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (var descriptor : descriptors) {
                if (Files.isSymbolicLink(descriptor)
                        && sockets.contains(Files.readSymbolicLink(descriptor).toString())) {
                    return true;
                }
            }
        } catch (IOException e) {
            return false; // another user's process, or one that has just ended
        }
        return false;
    }
}
