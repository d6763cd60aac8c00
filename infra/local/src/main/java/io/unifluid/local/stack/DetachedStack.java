package io.unifluid.local.stack;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A second process of this command that owns the stack and outlives this one and its terminal. */
public final class DetachedStack {
    private static final long LOOK_MS = 100;

    private DetachedStack() {}

    /**
     * Returns when it is ready.
     *
     * @throws EnvironmentProblem with its last words when it ends instead
     */
    public static void start(StackSettings settings) {
        var log = settings.data().resolve("logs").resolve("up.log");
        try {
            var process = new ProcessBuilder(command(settings))
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            while (StackLock.running(settings.data()).isEmpty()) {
                if (!process.isAlive()) {
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

    private static List<String> command(StackSettings settings) {
        var command = new ArrayList<>(List.of("sh", "-c", "trap '' INT HUP; exec \"$@\"", "unifluid"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                "io.unifluid.local.UniFluid",
                "up",
                "--model",
                settings.model()));
        return command;
    }

    private static String lastWords(Path log) throws IOException {
        return Files.readAllLines(log).reversed().stream()
                .filter(line -> line.startsWith("unifluid: "))
                .map(line -> line.substring("unifluid: ".length()))
                .findFirst()
                .orElse("The stack ended while it was starting: see " + log + ".");
    }
}
