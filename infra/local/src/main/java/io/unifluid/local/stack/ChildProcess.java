package io.unifluid.local.stack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** One process of the stack with its log. It ends with this process, whichever way this one ends. */
public final class ChildProcess {
    private static final int TAIL_BYTES = 4096;

    private final Component component;
    private final Path log;
    private final Process process;

    private ChildProcess(Component component, Path log, Process process) {
        this.component = component;
        this.log = log;
        this.process = process;
    }

    /**
     * Starts it. Control-C in a terminal reaches a whole process group, so the child is started with the interrupt
     * signal ignored: it is stopped in order instead, by {@link #stop}.
     */
    static ChildProcess start(Component component, Path log, List<String> java, Map<String, String> environment) {
        var command = new ArrayList<>(List.of("sh", "-c", "trap '' INT HUP; exec \"$@\"", "unifluid"));
        command.addAll(java);
        var builder = new ProcessBuilder(command)
                .directory(log.getParent().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.to(log.toFile()));
        builder.environment().putAll(environment);
        try {
            return new ChildProcess(component, log, builder.start());
        } catch (IOException e) {
            throw new EnvironmentProblem(
                    "The " + component.title() + " could not be started (" + e.getMessage() + ").", e);
        }
    }

    Component component() {
        return component;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** @throws EnvironmentProblem with the last telling line of its log, when it has ended */
    public void requireAlive() {
        if (!process.isAlive()) {
            throw new EnvironmentProblem("The " + component.title() + " ended with exit code " + process.exitValue()
                    + " (" + reason() + "): see " + log + ".");
        }
    }

    /** Asks it to stop, waits, and then stops it the hard way. */
    public void stop(Duration patience) {
        process.destroy();
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Ends it at once, as a crash would; returns when it is gone. */
    public void kill() {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Halts it where it stands, connections open, as a machine that hangs does; {@link #resume} lets it go on. */
    public void pause() {
        signal("STOP");
    }

    public void resume() {
        signal("CONT");
    }

    /**
     * Lets every further write to a file fail, as on a full disk, but with EFBIG in place of ENOSPC (setrlimit(2),
     * RLIMIT_FSIZE), until {@link #freeDisk}.
     */
    public void fillDisk() {
        tell("prlimit", "--pid", Long.toString(pid()), "--fsize=0:");
    }

    public void freeDisk() {
        tell("prlimit", "--pid", Long.toString(pid()), "--fsize=unlimited:");
    }

    private void signal(String name) {
        tell("kill", "-" + name, Long.toString(pid()));
    }

    private void tell(String... command) {
        try {
            var told = new ProcessBuilder(command).redirectErrorStream(true).start();
            var said = new String(told.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            int status = told.waitFor();
            if (status != 0) {
                throw new EnvironmentProblem("For the " + component.title() + ", '" + String.join(" ", command)
                        + "' ended with " + status + (said.isEmpty() ? "." : ": " + said));
            }
        } catch (IOException e) {
            throw new EnvironmentProblem(
                    "The command '" + command[0] + "' could not be started (" + e.getMessage() + ").", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentProblem("Interrupted while '" + command[0] + "' ran.", e);
        }
    }

    /** The last line of the log that looks like a sentence about the failure. */
    private String reason() {
        var lines = tail();
        return lines.reversed().stream()
                .filter(line -> line.contains("ERROR") || line.contains("Exception") || line.contains("FATAL"))
                .filter(line -> !line.startsWith("\tat "))
                .findFirst()
                .or(() -> lines.reversed().stream()
                        .filter(line -> !line.startsWith("\tat "))
                        .findFirst())
                .map(String::strip)
                .orElse("its log is empty");
    }

    private List<String> tail() {
        try (var channel = Files.newByteChannel(log)) {
            channel.position(Math.max(0, channel.size() - TAIL_BYTES));
            var bytes = java.nio.ByteBuffer.allocate(TAIL_BYTES);
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                // until the end
            }
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .collect(Collectors.toList());
        } catch (IOException e) {
            return List.of("its log cannot be read: " + e.getMessage());
        }
    }
}
