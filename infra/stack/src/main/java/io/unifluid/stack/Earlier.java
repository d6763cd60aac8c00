package io.unifluid.stack;

import io.unifluid.schemas.access.EnvironmentProblem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Processes of an earlier stack of the same data folder whose owner was killed. They end by themselves
 * ({@link Supervised}), but hold ports and files until they have; only who holds the folder's lock may look for them.
 */
final class Earlier {
    /** Longer than they give themselves. */
    private static final Duration PATIENCE = Duration.ofSeconds(25);

    private static final long LOOK_MS = 50;

    private Earlier() {}

    /**
     * Waits until they have ended, and ends those that take too long.
     *
     * @param cache where the stack keeps its argument files, by which its processes are known
     * @param news one line when there is something to wait for
     */
    static void awaitEnd(Path cache, Consumer<String> news) {
        var rest = running(cache);
        if (rest.isEmpty()) {
            return;
        }
        news.accept("waiting for " + rest.size() + (rest.size() == 1 ? " process" : " processes")
                + " of an earlier stack to end (" + pids(rest) + ")");
        var until = System.nanoTime() + PATIENCE.toNanos();
        while (rest.stream().anyMatch(ProcessHandle::isAlive)) {
            if (System.nanoTime() > until) {
                rest.forEach(ProcessHandle::destroyForcibly);
            }
            try {
                Thread.sleep(LOOK_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new EnvironmentProblem("Interrupted while the stack was starting.", e);
            }
        }
    }

    private static List<ProcessHandle> running(Path cache) {
        var marks = Arrays.stream(Component.values())
                .map(component -> "@" + JavaCommand.argumentsFile(cache, component.id()))
                .toList();
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().arguments().stream()
                        .flatMap(Arrays::stream)
                        .anyMatch(marks::contains))
                .toList();
    }

    private static String pids(List<ProcessHandle> processes) {
        return String.join(
                ", ",
                processes.stream().map(process -> Long.toString(process.pid())).toList());
    }
}
