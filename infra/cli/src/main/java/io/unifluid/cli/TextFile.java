package io.unifluid.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A file that somebody wrote for a command. */
final class TextFile {
    private TextFile() {}

    /**
     * @param wish what to do where it is no text, without a full stop
     * @throws IllegalArgumentException one sentence, when it is not there or no text in UTF-8
     */
    static String read(Path file, String wish) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(
                    file + " cannot be read, since there is no such file: check the spelling.", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " cannot be read as text: " + wish + ".", e);
        }
    }
}
