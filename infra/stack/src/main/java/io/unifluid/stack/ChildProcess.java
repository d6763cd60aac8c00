package io.unifluid.stack;

import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One process of the stack with its log. It ends with this process, whichever way this one ends. */
public final class ChildProcess {
    private final Component component;
    private final Path log;
    /** Where this run's part of the log begins, in bytes. */
    private final long logStart;

    private final Process process;
    private final CompletableFuture<LocalTime> end;

    private ChildProcess(Component component, Path log, long logStart, Process process) {
        this.component = component;
        this.log = log;
        this.logStart = logStart;
        this.process = process;
        this.end = process.onExit().thenApply(ended -> LocalTime.now());
    }

    /**
     * Starts it. Control-C in a terminal reaches a whole process group, so the child is started with the interrupt
     * signal ignored: it is stopped in order instead, by {@link #stop}. What it creates is its owner's alone.
     *
     * @param log where its output is added at the end
     */
    static ChildProcess start(Component component, Path log, List<String> java, Map<String, String> environment) {
        var builder = new ProcessBuilder(apart(java))
                .directory(log.getParent().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        try {
            OwnerOnly.createFile(log);
            Files.writeString(
                    log,
                    "-- " + component.title() + ", started at " + Instant.now().truncatedTo(ChronoUnit.SECONDS) + "\n",
                    StandardOpenOption.APPEND);
            return new ChildProcess(component, log, Files.size(log), builder.start());
        } catch (IOException e) {
            throw new EnvironmentProblem(
                    "The " + component.title() + " could not be started (" + e.getMessage() + ").", e);
        }
    }

    /** The command, deaf to its terminal's signals and with files that are its owner's alone. */
    static List<String> apart(List<String> command) {
        var all = new ArrayList<>(List.of("sh", "-c", OwnerOnly.UMASK + "; trap '' INT HUP; exec \"$@\"", "unifluid"));
        all.addAll(command);
        return all;
    }

    Component component() {
        return component;
    }

    /** Completes as soon as it has ended, whichever way. */
    CompletableFuture<?> onEnd() {
        return end;
    }

    /** How it ended. Only after its end. */
    ExitStatus exitStatus() {
        return new ExitStatus(process.exitValue());
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** @throws EnvironmentProblem saying how and, as far as its log tells, why, when it has ended */
    public void requireAlive() {
        if (!process.isAlive()) {
            throw new EnvironmentProblem("The " + ending() + ": see " + log + ".");
        }
    }

    /**
     * What became of it, such as {@code worker ended with exit code 2 (worker: Port 18084 is busy.)}; only after its
     * end. The log of one that was killed from outside is not quoted, since it knows nothing about that.
     */
    String ending() {
        var status = exitStatus();
        var words = status.isFromOutside() ? List.<String>of() : LastWords.of(log, logStart, end.join());
        return component.title() + " " + status.sentence()
                + (words.isEmpty() ? "" : " (" + String.join(" | ", words) + ")");
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
}
