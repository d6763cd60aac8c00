package io.unifluid.local.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The files that a command line means. */
public final class PictureFiles {
    private PictureFiles() {}

    /**
     * A folder stands for every file below it, in order of names; hidden ones are left out. Files that are no pictures
     * are not: they end as failures of their own, so that the counts add up.
     *
     * @throws IllegalArgumentException with one sentence for a path that does not exist, or when there is no file at all
     */
    public static List<Path> of(List<Path> given) {
        var files = new ArrayList<Path>();
        for (var path : given) {
            if (Files.isDirectory(path)) {
                files.addAll(below(path));
            } else if (Files.exists(path)) {
                files.add(path);
            } else {
                throw new IllegalArgumentException(
                        "There is no file or folder " + path + ": check the spelling and try again.");
            }
        }
        if (files.isEmpty()) {
            throw new IllegalArgumentException("There are no files in " + given.getFirst() + ".");
        }
        return files;
    }

    private static List<Path> below(Path folder) {
        try (var walk = Files.walk(folder)) {
            return walk.filter(Files::isRegularFile)
                    .filter(file -> !hidden(folder.relativize(file)))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new IllegalArgumentException("The folder " + folder + " cannot be read (" + e.getMessage() + ").", e);
        }
    }

    private static boolean hidden(Path relative) {
        for (var part : relative) {
            if (part.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }
}
