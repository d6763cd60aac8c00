package io.unifluid.hostile;

import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code tests/hostile/run}. */
@Command(
        name = "tests/hostile/run",
        description = "A hostile tenant sends whatever a client's rights allow while two others work.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:every run kept the promise", "1:a run broke it", "2:wrong options", "3:a part did not start"
        })
public final class Hostile implements Callable<Integer> {
    @Option(names = "--checkout", hidden = true, required = true)
    private Path checkout;

    @Option(names = "--seed", defaultValue = "1", description = "seed of the first run (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(
            names = "--runs",
            defaultValue = "1",
            description = "how many, each with the next seed (default: ${DEFAULT-VALUE})")
    private int runs;

    @Option(
            names = "--minutes",
            defaultValue = "20",
            description = "how long the attack lasts at least; it ends with a whole round (default: ${DEFAULT-VALUE})")
    private double minutes;

    @Option(
            names = "--pictures",
            defaultValue = "500",
            description = "hostile pictures a round (default: ${DEFAULT-VALUE})")
    private int pictures;

    @Option(
            names = "--rate",
            defaultValue = "40",
            description = "hostile records a second at the most (default: ${DEFAULT-VALUE})")
    private double rate;

    @Option(names = "--secured", description = "on a broker with SASL_SSL and the rights of SECURITY.md alone")
    private boolean secured;

    @Option(names = "--keep", description = "keep the data and logs of runs that kept the promise, too")
    private boolean keep;

    private Hostile() {}

    public static void main(String[] arguments) {
        var line = new CommandLine(new Hostile());
        line.setExecutionExceptionHandler((problem, where, _) -> {
            if (!(problem instanceof EnvironmentProblem)) {
                problem.printStackTrace(where.getErr());
            }
            where.getErr().println("hostile: " + problem.getMessage());
            return 3;
        });
        System.exit(line.execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        var results = ResultsFolder.of(checkout);
        int broken = 0;
        for (long each = seed; each < seed + runs; each++) {
            var report = run(each);
            results.add(report);
            print(report);
            broken += report.passed() ? 0 : 1;
        }
        return broken == 0 ? 0 : 1;
    }

    private RunReport run(long each) throws IOException, InterruptedException {
        System.out.println("seed " + each);
        var work = checkout.resolve("tests/hostile/target");
        var data = work.resolve("run-" + each);
        delete(data);
        var plan = new HostileRun.Plan(
                each, 1, Duration.ofSeconds(Math.round(minutes * 60)), pictures, rate, 4, Duration.ofSeconds(60));
        RunReport report;
        try (var target = Target.start(checkout, data.resolve("stack"), work.resolve("cache"), secured)) {
            report = new HostileRun(target, plan, new Judge(0.15), System.out::println)
                    .run(data.resolve("canaries"))
                    .report();
        }
        if (report.passed() && !keep) {
            delete(data);
        }
        return report;
    }

    private static void print(RunReport report) {
        System.out.printf(
                Locale.ROOT,
                "seed %d: %d innocent requests, the slowest took %.1f s; %d hostile records of %d kinds (%d not taken),"
                        + " %d results, %d dead letters%n",
                report.seed(),
                report.innocent(),
                report.slowestSeconds(),
                report.records(),
                report.hostile().size(),
                report.notTaken(),
                report.results(),
                report.letters());
        report.apps().forEach(app -> System.out.println(app.name() + ": " + app.before() + " -> " + app.after()));
        report.broken().forEach(sentence -> System.out.println("BROKEN: " + sentence));
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
