package io.unifluid.local;

import java.nio.file.Files;
import java.nio.file.Path;

/** A command line's one picture, checked before a stack is started for it. */
final class SinglePicture {
    private SinglePicture() {}

    /** @throws IllegalArgumentException with one sentence when it is no readable file */
    static void require(Path image) {
        if (!Files.exists(image)) {
            throw new IllegalArgumentException("There is no file " + image + ": check the spelling and try again.");
        }
        if (Files.isDirectory(image)) {
            throw new IllegalArgumentException(image + " is a folder: name one picture.");
        }
        if (!Files.isReadable(image)) {
            throw new IllegalArgumentException(image + " cannot be read: no permission.");
        }
    }
}
