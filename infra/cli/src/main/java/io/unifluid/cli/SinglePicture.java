package io.unifluid.cli;

import io.unifluid.client.Why;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** A command line's one picture, checked before a stack is started for it. */
final class SinglePicture {
    private SinglePicture() {}

    /** @throws IllegalArgumentException with one sentence when it is no readable file */
    static Path require(String name) {
        try {
            var image = Path.of(name);
            if (Files.readAttributes(image, BasicFileAttributes.class).isDirectory()) {
                throw new IllegalArgumentException(name + " is a folder: name one picture.");
            }
            if (!Files.isReadable(image)) {
                throw new IllegalArgumentException(name + " cannot be read: no permission.");
            }
            return image;
        } catch (NoSuchFileException | InvalidPathException e) {
            throw new IllegalArgumentException("There is no file " + name + ": check the spelling and try again.", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(name + " cannot be read: " + Why.of(e) + ".", e);
        }
    }
}
