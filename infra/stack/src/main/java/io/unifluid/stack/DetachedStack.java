package io.unifluid.stack;

import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A second process of this command that owns the stack and outlives this one and its terminal. */
public final class DetachedStack {
    private static final long LOOK_MS = 100;
    private static final String NAME = "up";

    /** How a stack's steps begin in the output of the process that owns it. */
    public static final String NEWS = "  ";

    private DetachedStack() {}

    /**
     * Returns when it is ready.
     *
     * @param said each line that it says meanwhile, such as what it waits for
     * @throws EnvironmentProblem with its last words when it ends instead
     */
    public static void start(StackSettings settings, Consumer<String> said) {
        var log = settings.data().resolve("logs").resolve("up.log");
        try {
            OwnerOnly.createFile(log);
            var process = new ProcessBuilder(ChildProcess.apart(command(settings)))
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            long read = 0;
            for (boolean ready = false; !ready; ) {
                boolean alive = process.isAlive();
                ready = StackLock.running(settings.data()).isPresent();
                read = relay(log, read, said);
                if (!ready && !alive) {
                    throw new EnvironmentProblem(lastWords(log));
                }
                Thread.sleep(LOOK_MS);
            }
        } catch (IOException e) {
            throw new EnvironmentProblem("The stack could not be started (" + e.getMessage() + ").", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentProblem("Interrupted while the stack was starting.", e);
        }
    }

    /** In a file, since everybody may see command lines, and options of this JVM may be secrets. */
    private static List<String> command(StackSettings settings) throws IOException {
        var arguments = new ArrayList<>(ManagementFactory.getRuntimeMXBean().getInputArguments());
        arguments.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                "io.unifluid.cli.UniFluid",
                "up",
                "--model",
                settings.model()));
        if (!settings.gateway()) {
            arguments.add("--no-gateway");
        }
        if (settings.moderation()) {
            arguments.add("--moderation");
        }
        var file = JavaCommand.argumentsFile(settings.data().resolve("cache"), NAME);
        OwnerOnly.write(file, JavaCommand.argumentsText(arguments));
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@" + file);
    }

    /** Hands on the whole lines after the first {@code read} bytes; returns how many bytes those were in all. */
    private static long relay(Path log, long read, Consumer<String> said) throws IOException {
        try (var file = new RandomAccessFile(log.toFile(), "r")) {
            var bytes = new byte[Math.toIntExact(file.length() - read)];
            file.seek(read);
            file.readFully(bytes);
            int end = bytes.length;
            while (end > 0 && bytes[end - 1] != '\n') {
                end--;
            }
            new String(bytes, 0, end, StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith(NEWS))
                    .map(line -> line.substring(NEWS.length()))
                    .forEach(said);
            return read + end;
        }
    }

    private static String lastWords(Path log) throws IOException {
        return Files.readAllLines(log).reversed().stream()
                .filter(line -> line.startsWith("unifluid: "))
                .map(line -> line.substring("unifluid: ".length()))
                .findFirst()
                .orElse("The stack ended while it was starting: see " + log + ".");
    }
}
