package io.unifluid.archive.row;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A file that is there whole or not at all, also when the machine goes down. */
public final class WholeFile {
    /** What is being written begins so, and nobody reads it. */
    public static final String UNFINISHED = ".unifluid-";

    private WholeFile() {}

    /** Writes what a file will hold. */
    @FunctionalInterface
    public interface Body {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Writes what a file will hold, to a place of its own until it is whole. */
    @FunctionalInterface
    public interface File {
        void writeTo(Path unfinished) throws IOException;
    }

    /** Replaces what was there. */
    public static void write(Path file, Body body) throws IOException {
        writeFile(file, unfinished -> {
            try (var channel = FileChannel.open(
                            unfinished,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING);
                    var out = new java.io.BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16)) {
                body.writeTo(out);
            }
        });
    }

    /** Replaces what was there. */
    public static void writeFile(Path file, File body) throws IOException {
        var unfinished = file.resolveSibling(UNFINISHED + file.getFileName());
        try {
            body.writeTo(unfinished);
            try (var channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            // The name, too, must outlast a power cut; not every file system lets a folder be opened.
            try (var folder = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
                folder.force(true);
            } catch (IOException e) {
                // then it is in the hands of the file system
            }
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(unfinished);
            throw e;
        }
    }
}
