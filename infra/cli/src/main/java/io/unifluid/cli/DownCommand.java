package io.unifluid.cli;

import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.stack.StackLock;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Stops the stack of the data folder, whoever started it. */
@Command(name = "down", description = "Stop the local stack; its data stay.", mixinStandardHelpOptions = true)
final class DownCommand implements Callable<Integer> {
    /** On a busy machine a first stop takes minutes: every process leaves a cache of its classes for the next start. */
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private static final Duration UNTIL_NOTE = Duration.ofSeconds(15);
    private static final long LOOK_MS = 100;

    @Mixin
    private StackOptions options;

    @Override
    public Integer call() throws InterruptedException {
        var data = options.settings().data();
        var holder = StackLock.holder(data);
        if (holder.isEmpty()) {
            Screen.standard().result("No local stack is running in " + data + ".");
            return ExitCode.OK;
        }
        holder.get().destroy();
        long begun = System.nanoTime();
        boolean noted = false;
        while (holder.get().isAlive()) {
            long waited = System.nanoTime() - begun;
            if (!noted && waited > UNTIL_NOTE.toNanos()) {
                noted = true;
                Screen.standard().note("Still stopping: after a first start, caches for the next one are written.");
            }
            if (waited > PATIENCE.toNanos()) {
                throw new EnvironmentProblem(
                        "The stack (process " + holder.get().pid() + ") has not stopped after " + PATIENCE.toSeconds()
                                + " s: see the logs in " + data.resolve("logs") + ".");
            }
            Thread.sleep(LOOK_MS);
        }
        Screen.standard().result("stopped; the data stay in " + data);
        return ExitCode.OK;
    }
}
