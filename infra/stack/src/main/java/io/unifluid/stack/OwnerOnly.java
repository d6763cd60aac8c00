package io.unifluid.stack;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Set;

/**
 * Folders and files that no other user of the machine may enter or read: requests, pictures and settings lie in them.
 * Where the file system has no such permissions (not POSIX) they are created as it creates them.
 */
final class OwnerOnly {
    /** For a shell: what a process creates after it is its owner's alone. */
    static final String UMASK = "umask 077";

    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OTHERS = Set.copyOf(PosixFilePermissions.fromString("---rwxrwx"));

    private OwnerOnly() {}

    /** Creates it and what is missing above it; an existing folder stays as it is. */
    static void createFolder(Path folder) throws IOException {
        if (isPosix(folder)) {
            Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(FOLDER));
        } else {
            Files.createDirectories(folder);
        }
    }

    /** Creates it, or removes what is in it. */
    static void emptyFolder(Path folder) throws IOException {
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            try (var paths = Files.walk(folder)) {
                for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        }
        createFolder(folder);
    }

    /** An empty file where there is none; an existing one keeps what is in it and is closed to others. */
    static void createFile(Path file) throws IOException {
        try {
            if (isPosix(file)) {
                Files.createFile(file, PosixFilePermissions.asFileAttribute(FILE));
            } else {
                Files.createFile(file);
            }
        } catch (FileAlreadyExistsException e) {
            close(file);
        }
    }

    /** Like {@link #createFile}, with this text in it. */
    static void write(Path file, String text) throws IOException {
        createFile(file);
        Files.writeString(file, text);
    }

    /** The permissions that others have on it, such as {@code ---r-xr-x}; empty when they have none. */
    static String openTo(Path path) throws IOException {
        var open = opened(path);
        return open.isEmpty() ? "" : PosixFilePermissions.toString(open);
    }

    /**
     * Takes from others what they may do with it and with everything in it. Links are left alone and not followed.
     *
     * @throws IOException when something in it is not this user's to change
     */
    static void closeAll(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path inside, BasicFileAttributes attributes) throws IOException {
                close(inside);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()) {
                    close(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException problem) throws IOException {
                if (problem instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE; // it has gone meanwhile
                }
                throw problem;
            }
        });
    }

    /** Takes from others what they may do with it. */
    static void close(Path path) throws IOException {
        try {
            if (!opened(path).isEmpty()) {
                var rest = EnumSet.copyOf(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
                rest.removeAll(OTHERS);
                Files.setPosixFilePermissions(path, rest);
            }
        } catch (NoSuchFileException e) {
            // it has gone meanwhile
        }
    }

    private static Set<PosixFilePermission> opened(Path path) throws IOException {
        if (!isPosix(path)) {
            return Set.of();
        }
        var open = EnumSet.copyOf(OTHERS);
        open.retainAll(Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .permissions());
        return open;
    }

    private static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
