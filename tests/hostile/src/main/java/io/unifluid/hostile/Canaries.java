package io.unifluid.hostile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Files of the user who runs the apps, outside of their data: no record from anywhere may change, add or remove one. */
final class Canaries {
    private static final String CONTENT = "Nothing that a stranger sends may change this file.\n";

    private final Path folder;
    private final Map<String, String> before;

    private Canaries(Path folder, Map<String, String> before) {
        this.folder = folder;
        this.before = Map.copyOf(before);
    }

    /** @param names files that poisoned schemas will name */
    static Canaries in(Path folder, List<String> names) {
        try {
            Files.createDirectories(folder);
            for (var name : names) {
                Files.writeString(folder.resolve(name), CONTENT);
            }
            return new Canaries(folder, content(folder));
        } catch (IOException e) {
            throw new UncheckedIOException("The canaries cannot be written.", e);
        }
    }

    Path folder() {
        return folder;
    }

    /** The files that are not as they were. */
    List<String> touched() {
        var now = content(folder);
        var names = new TreeMap<>(before);
        names.putAll(now);
        var touched = new ArrayList<String>();
        names.keySet().stream()
                .filter(name -> !java.util.Objects.equals(before.get(name), now.get(name)))
                .forEach(touched::add);
        return touched;
    }

    private static Map<String, String> content(Path folder) {
        try (var files = Files.list(folder)) {
            var content = new TreeMap<String, String>();
            for (var file : files.toList()) {
                content.put(
                        file.getFileName().toString(),
                        new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
            return content;
        } catch (IOException e) {
            throw new UncheckedIOException("The canaries cannot be read.", e);
        }
    }
}
