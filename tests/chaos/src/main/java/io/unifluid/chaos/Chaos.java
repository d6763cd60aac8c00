package io.unifluid.chaos;

import io.unifluid.testkit.SeededRuns;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code tests/chaos/run}. */
@Command(
        name = "tests/chaos/run",
        description = "Load on a three-broker cluster of real processes, a seeded schedule of faults, and the auditor.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:every run kept the promise", "1:a run broke it", "2:wrong options", "3:a part did not start"
        })
public final class Chaos extends SeededRuns {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

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

    private Chaos() {
        super(10);
    }

    public static void main(String[] arguments) {
        System.exit(new Chaos().execute("chaos", arguments));
    }

    @Override
    protected String module() {
        return "tests/chaos";
    }

    @Override
    protected boolean run(long each, Path work, Path data) throws IOException, InterruptedException {
        var schedule = Schedule.of(each, Shape.FULL);
        RunReport report;
        try (var cluster = Cluster.start(checkout(), data, work.resolve("cache"), Shape.FULL, model)) {
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
        ResultsFolder.of(checkout()).add(report);
        print(report);
        return report.passed();
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
}
