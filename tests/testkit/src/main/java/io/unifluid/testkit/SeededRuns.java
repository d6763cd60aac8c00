package io.unifluid.testkit;

import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** A command that does the same thing once for each of some seeds, and tells whether every run kept the promise. */
public abstract class SeededRuns implements Callable<Integer> {
    @Option(names = "--checkout", hidden = true, required = true)
    private Path checkout;

    @Option(names = "--seed", defaultValue = "1", description = "seed of the first run (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--runs", description = "how many, each with the next seed (default: ${DEFAULT-VALUE})")
    private int runs;

    @Option(names = "--keep", description = "keep the data and logs of runs that kept the promise, too")
    private boolean keep;

    /** @param runs how many there are unless told otherwise */
    protected SeededRuns(int runs) {
        this.runs = runs;
    }

    /** Exit codes: 0 every run kept the promise, 1 one broke it, 2 wrong options, 3 a part did not start. */
    protected final int execute(String name, String... arguments) {
        var line = new CommandLine(this);
        line.setExecutionExceptionHandler((problem, where, _) -> {
            if (!(problem instanceof EnvironmentProblem)) {
                problem.printStackTrace(where.getErr());
            }
            where.getErr().println(name + ": " + problem.getMessage());
            return 3;
        });
        return line.execute(arguments);
    }

    /**
     * @param each the seed
     * @param work for what runs share, such as caches
     * @param data empty, for what this run writes
     * @return whether it kept the promise, after its report was kept and printed
     */
    protected abstract boolean run(long each, Path work, Path data) throws IOException, InterruptedException;

    protected final Path checkout() {
        return checkout;
    }

    /** Of the module that the command belongs to. */
    protected abstract String module();

    @Override
    public final Integer call() throws IOException, InterruptedException {
        int broken = 0;
        for (long each = seed; each < seed + runs; each++) {
            System.out.println("seed " + each);
            var work = checkout.resolve(module()).resolve("target");
            var data = work.resolve("run-" + each);
            TemporaryFolder.delete(data);
            boolean kept = run(each, work, data);
            if (kept && !keep) {
                TemporaryFolder.delete(data);
            }
            broken += kept ? 0 : 1;
        }
        return broken == 0 ? 0 : 1;
    }
}
