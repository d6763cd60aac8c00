package io.unifluid.chaos;

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

/** The command {@code tests/chaos/run}. */
@Command(
        name = "tests/chaos/run",
        description =
                "Load on a three-broker cluster of real processes, a seeded schedule of faults, and the auditor.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:every run kept the promise", "1:a run broke it", "2:wrong options", "3:a part did not start"
        })
public final class Chaos implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @Option(names = "--checkout", hidden = true, required = true)
    private Path checkout;

    @Option(names = "--seed", defaultValue = "1", description = "seed of the first run (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(
            names = "--runs",
            defaultValue = "10",
            description = "how many, each with the next seed (default: ${DEFAULT-VALUE})")
    private int runs;

    @Option(
            names = "--requests",
            defaultValue = "10000",
            description = "at least so many requests a run (default: ${DEFAULT-VALUE})")
    private int requests;

    @Option(names = "--rate", defaultValue = "30", description = "requests a second (default: ${DEFAULT-VALUE})")
    private double rate;

    @Option(
            names = "--model",
            defaultValue = "noop",
            paramLabel = "noop|DIR",
            description = "what the workers run (default: ${DEFAULT-VALUE})")
    private String model;

    @Option(names = "--keep", description = "keep the data and logs of runs that kept the promise, too")
    private boolean keep;

    private Chaos() {}

    public static void main(String[] arguments) {
        var line = new CommandLine(new Chaos());
        line.setExecutionExceptionHandler((problem, where, _) -> {
            if (!(problem instanceof EnvironmentProblem)) {
                problem.printStackTrace(where.getErr());
            }
            where.getErr().println("chaos: " + problem.getMessage());
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
        var work = checkout.resolve("tests/chaos/target");
        var data = work.resolve("run-" + each);
        delete(data);
        var schedule = Schedule.of(each, Shape.FULL);
        RunReport report;
        try (var cluster = Cluster.start(checkout, data, work.resolve("cache"), Shape.FULL, model)) {
            var hook = new Thread(cluster::close, "stop-cluster");
            Runtime.getRuntime().addShutdownHook(hook);
            try {
                report = new ChaosRun(cluster, each, rate, requests, PATIENCE, System.out::println)
                        .run(schedule, Shape.FULL, model);
            } finally {
                try {
                    Runtime.getRuntime().removeShutdownHook(hook);
                } catch (IllegalStateException e) {
                    // the hook is running: Control-C
                }
            }
        }
        if (report.passed() && !keep) {
            delete(data);
        }
        return report;
    }

    private static void print(RunReport report) {
        System.out.printf(
                Locale.ROOT,
                "seed %d: %d requests in %.0f s, %s; %d lost, %d second results, %d without a request, at most %d attempts%n",
                report.seed(),
                report.requests(),
                report.seconds(),
                report.byStatus(),
                report.lost(),
                report.second(),
                report.orphans(),
                report.mostAttempts());
        if (report.refused() > 0) {
            System.out.println("BROKEN: " + report.refused() + " records were not taken by the brokers.");
        }
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
