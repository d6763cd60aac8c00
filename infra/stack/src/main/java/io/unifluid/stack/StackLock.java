package io.unifluid.stack;

import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One stack per data folder. The lock is the operating system's, so that it goes away with its process, however that
 * ended; what the file {@code stack.properties} says counts only while the lock is held.
 */
public final class StackLock implements AutoCloseable {
    /** Folders locked by this process: it must not open their lock files again, since closing one drops the lock. */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    private final Path data;
    private final FileChannel channel;

    private StackLock(Path data, FileChannel channel) {
        this.data = data;
        this.channel = channel;
    }

    /** @throws EnvironmentProblem saying which process runs where, when there is one */
    static StackLock take(Path data) {
        if (!OWN.add(data)) {
            throw taken(data);
        }
        try {
            var channel = tryLock(data).orElseThrow(() -> taken(data));
            RunningStack.remove(data);
            OwnerOnly.write(pidFile(data), Long.toString(ProcessHandle.current().pid()));
            return new StackLock(data, channel);
        } catch (IOException e) {
            OWN.remove(data);
            throw unwritable(data, e);
        } catch (RuntimeException e) {
            OWN.remove(data);
            throw e;
        }
    }

    /** The stack that runs in this folder now; what a process left behind when it was killed does not count. */
    public static Optional<RunningStack> running(Path data) {
        return held(data) ? RunningStack.read(data) : Optional.empty();
    }

    /** The process that holds the lock, whether its stack is ready, starting or stopping. */
    public static Optional<ProcessHandle> holder(Path data) {
        if (!held(data)) {
            return Optional.empty();
        }
        try {
            return ProcessHandle.of(
                    Long.parseLong(Files.readString(pidFile(data)).strip()));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty(); // it has just taken the lock and not written its number yet
        }
    }

    void publish(RunningStack stack) {
        stack.write(data);
    }

    @Override
    public void close() {
        try (channel) {
            RunningStack.remove(data);
        } catch (IOException e) {
            throw new EnvironmentProblem("Could not release the lock in " + data + " (" + e.getMessage() + ").", e);
        } finally {
            OWN.remove(data);
        }
    }

    private static boolean held(Path data) {
        if (OWN.contains(data)) {
            return true;
        }
        if (!Files.exists(lockFile(data))) {
            return false;
        }
        try {
            var channel = tryLock(data);
            if (channel.isPresent()) {
                channel.get().close();
            }
            return channel.isEmpty();
        } catch (IOException e) {
            throw unwritable(data, e);
        }
    }

    /** An open channel that holds the lock; empty when another process holds it. */
    private static Optional<FileChannel> tryLock(Path data) throws IOException {
        OwnerOnly.createFile(lockFile(data));
        var channel = FileChannel.open(lockFile(data), StandardOpenOption.WRITE);
        if (channel.tryLock() != null) {
            return Optional.of(channel);
        }
        channel.close();
        return Optional.empty();
    }

    private static EnvironmentProblem taken(Path data) {
        return new EnvironmentProblem(RunningStack.read(data)
                .map(stack -> "A local stack is already running (process " + stack.pid() + ", broker "
                        + stack.bootstrapServers() + ", data in " + data
                        + "): use it, or stop it with './unifluid down'.")
                .orElse("A local stack is just starting or stopping in " + data + ": wait for it and try again."));
    }

    private static EnvironmentProblem unwritable(Path data, IOException e) {
        return new EnvironmentProblem(
                "The lock file " + lockFile(data) + " cannot be written (" + e.getMessage()
                        + "): make the data folder writable, or set UNIFLUID_HOME to another one.",
                e);
    }

    private static Path lockFile(Path data) {
        return data.resolve("stack.lock");
    }

    /** Beside the lock file, which nobody may open just to read it. */
    private static Path pidFile(Path data) {
        return data.resolve("stack.pid");
    }
}
