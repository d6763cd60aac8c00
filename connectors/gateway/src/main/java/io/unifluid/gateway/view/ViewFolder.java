package io.unifluid.gateway.view;

import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/**
 * The folder of the store. A store is gone on with only where a gateway left it whole; after any other end it is made anew,
 * under a name that nothing was read by before, and so from Kafka. Its owner closes it.
 */
final class ViewFolder implements AutoCloseable {
    private static final String LOCK = "lock";
    private static final String WHOLE = "whole";

    private final Path path;
    private final FileChannel lock;
    private final String name;
    private final String of;

    private ViewFolder(Path path, FileChannel lock, String name, String of) {
        this.path = path;
        this.lock = lock;
        this.name = name;
        this.of = of;
    }

    /**
     * @param of of what it is the store; one of something else is not gone on with
     * @throws EnvironmentProblem one sentence, when it cannot be written or is another gateway's
     */
    static ViewFolder open(Path path, String of) {
        try {
            Files.createDirectories(path);
            var lock = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!locked(lock)) {
                lock.close();
                throw new EnvironmentProblem("The folder " + path.toAbsolutePath()
                        + " is another gateway's: give each its own in state-dir.");
            }
            var left = left(path);
            Files.deleteIfExists(path.resolve(WHOLE));
            if (left.size() == 2 && left.getLast().equals(of)) {
                return new ViewFolder(path, lock, left.getFirst(), of);
            }
            clear(path);
            return new ViewFolder(path, lock, UUID.randomUUID().toString().substring(0, 13), of);
        } catch (IOException e) {
            throw new EnvironmentProblem(
                    "The state folder " + path.toAbsolutePath()
                            + " cannot be written: give a writable one with space left in state-dir.",
                    e);
        }
    }

    private static boolean locked(FileChannel lock) throws IOException {
        try {
            return lock.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static List<String> left(Path path) throws IOException {
        var file = path.resolve(WHOLE);
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    private static void clear(Path path) throws IOException {
        List<Path> all;
        try (var files = Files.walk(path)) {
            all = files.filter(file -> !file.equals(path) && !file.equals(path.resolve(LOCK)))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
        for (var file : all) {
            Files.deleteIfExists(file);
        }
    }

    Path path() {
        return path;
    }

    /** Of this store and no earlier one. */
    String name() {
        return name;
    }

    /** All that was read is in it. */
    void leaveWhole() {
        try {
            Files.write(path.resolve(WHOLE), List.of(name, of));
        } catch (IOException e) {
            // It is read anew then.
        }
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            // Ends with the process.
        }
    }
}
