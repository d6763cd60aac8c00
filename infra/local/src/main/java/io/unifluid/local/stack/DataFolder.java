package io.unifluid.local.stack;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checks the data folder before anything is started in it. */
public final class DataFolder {
    /** Bytes; a fresh stack takes about 60 MiB, and Kafka preallocates. */
    public static final long LEAST_FREE = 512L << 20;

    private static final int PROBE_BYTES = 64 * 1024;

    private DataFolder() {}

    /**
     * Creates the folder with what belongs into it.
     *
     * @throws EnvironmentProblem when it is read-only, full, or a file
     */
    public static void prepare(Path data) {
        for (var folder : new Path[] {data, data.resolve("logs"), data.resolve("blobs"), data.resolve("kafka")}) {
            try {
                Files.createDirectories(folder);
            } catch (FileAlreadyExistsException e) {
                throw new EnvironmentProblem(
                        "The data folder cannot be " + folder
                                + ", which is a file: remove it, or set UNIFLUID_HOME to a folder.",
                        e);
            } catch (IOException e) {
                throw problem(data, e);
            }
        }
        var probe = data.resolve(".probe-" + ProcessHandle.current().pid());
        try {
            Files.write(probe, new byte[PROBE_BYTES]);
            Files.delete(probe);
            requireSpace(data, Files.getFileStore(data).getUsableSpace());
        } catch (IOException e) {
            throw problem(data, e);
        }
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
        var reason = switch (e) {
            case AccessDeniedException denied -> "no permission";
            case FileSystemException failed when failed.getReason() != null -> failed.getReason();
            default -> e.getMessage();
        };
        return new EnvironmentProblem(
                "The data folder " + data + " cannot be written (" + reason
                        + "): make it writable, free some space, or set UNIFLUID_HOME to another folder.",
                e);
    }
}
