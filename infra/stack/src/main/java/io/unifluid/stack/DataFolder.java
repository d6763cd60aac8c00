package io.unifluid.stack;

import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Checks the data folder before anything is started in it, and keeps others out of it. */
public final class DataFolder {
    /** Bytes; a fresh stack takes about 60 MiB, and Kafka preallocates. */
    public static final long LEAST_FREE = 512L << 20;

    /** What the demo found, for its reader to compare. */
    public static final String DEMO = "demo-captions.jsonl";

    private static final int PROBE_BYTES = 64 * 1024;
    private static final String PROBE = ".probe-";
    /** What a stack keeps at the top of its folder. Anything else there is somebody else's. */
    private static final Set<String> OURS = Set.of(
            "blobs",
            "cache",
            DEMO,
            "kafka",
            "logs",
            "registry",
            "stack.lock",
            "stack.pid",
            "stack.properties",
            "stack.properties.incoming",
            "streams");

    private DataFolder() {}

    /**
     * Creates the folder with what belongs into it, for its owner alone, and closes to others what is open to them.
     *
     * @return one sentence when something was open to others, or still is
     * @throws EnvironmentProblem when it is read-only, full, or a file
     */
    public static Optional<String> prepare(Path data) {
        for (var folder : new Path[] {data, data.resolve("logs"), data.resolve("blobs"), data.resolve("kafka")}) {
            try {
                OwnerOnly.createFolder(folder);
            } catch (FileAlreadyExistsException e) {
                throw new EnvironmentProblem(
                        "The data folder cannot be " + folder
                                + ", which is a file: remove it, or set UNIFLUID_HOME to a folder.",
                        e);
            } catch (IOException e) {
                throw problem(data, e);
            }
        }
        var probe = data.resolve(PROBE + ProcessHandle.current().pid());
        try {
            Files.write(probe, new byte[PROBE_BYTES]);
            Files.delete(probe);
            requireSpace(data, Files.getFileStore(data).getUsableSpace());
        } catch (IOException e) {
            throw problem(data, e);
        }
        return close(data);
    }

    /**
     * A file in the folder that is its owner's alone; an empty one where it is missing.
     *
     * @throws EnvironmentProblem when it cannot be created
     */
    public static Path file(Path data, String name) {
        var file = data.resolve(name);
        try {
            OwnerOnly.createFile(file);
            return file;
        } catch (IOException e) {
            throw problem(data, e);
        }
    }

    /** A folder that others may need, such as {@code /tmp}, is left as it is; what is created in it is closed anyway. */
    private static Optional<String> close(Path data) {
        try {
            var folder = data.toRealPath();
            var entries = entries(folder);
            if (!entries.stream().allMatch(DataFolder::isOurs)) {
                var open = OwnerOnly.openTo(folder);
                return open.isEmpty()
                        ? Optional.empty()
                        : Optional.of("The data folder " + data + " is open to others (" + open
                                + ") and holds more than a stack's data, so it is left as it is: set UNIFLUID_HOME to a"
                                + " folder of its own.");
            }
            entries.addFirst(folder);
            boolean opened = false;
            for (var entry : entries) {
                if (!OwnerOnly.openTo(entry).isEmpty()) {
                    opened = true;
                    OwnerOnly.closeAll(entry);
                }
            }
            return opened
                    ? Optional.of("The data folder " + data + " was open to others; it is closed to them now.")
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.of("The data folder " + data + " is open to others and cannot be closed to them ("
                    + reason(e) + "): let all in it belong to the user that starts the stack.");
        }
    }

    private static List<Path> entries(Path folder) throws IOException {
        var entries = new ArrayList<Path>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(entries::add);
        }
        return entries;
    }

    private static boolean isOurs(Path entry) {
        var name = entry.getFileName().toString();
        return !Files.isSymbolicLink(entry) && (OURS.contains(name) || name.startsWith(PROBE));
    }

    /** @param free bytes that are left on the folder's file system */
    static void requireSpace(Path data, long free) {
        if (free < LEAST_FREE) {
            throw new EnvironmentProblem("Only " + (free >> 20) + " MiB are free for the data folder " + data
                    + ", which needs " + (LEAST_FREE >> 20)
                    + " MiB: free some space, or set UNIFLUID_HOME to a folder on another disk.");
        }
    }

    private static EnvironmentProblem problem(Path data, IOException e) {
        return new EnvironmentProblem(
                "The data folder " + data + " cannot be written (" + reason(e)
                        + "): make it writable, free some space, or set UNIFLUID_HOME to another folder.",
                e);
    }

    private static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "no permission";
            case FileSystemException failed when failed.getReason() != null -> failed.getReason();
            default -> e.getMessage();
        };
    }
}
