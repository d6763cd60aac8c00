package io.unifluid.hostile;

import io.unifluid.testkit.SeededRuns;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
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
public final class Hostile extends SeededRuns {
    @Option(
            names = "--minutes",
            defaultValue = "20",
            description = "how long the attack lasts at least; it ends with a whole round (default: ${DEFAULT-VALUE})")
    private double minutes;

    /** With 240 KB each, about what the streams app's stores keep in memory. */
    private static final int FILLING = 200;

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

    private Hostile() {
        super(1);
    }

    public static void main(String[] arguments) {
        System.exit(new Hostile().execute("hostile", arguments));
    }

    @Override
    protected String module() {
        return "tests/hostile";
    }

    @Override
    protected boolean run(long each, Path work, Path data) throws IOException, InterruptedException {
        var plan = new HostileRun.Plan(
                each,
                2,
                Duration.ofSeconds(Math.round(minutes * 60)),
                pictures,
                rate,
                4,
                FILLING,
                Duration.ofSeconds(60));
        RunReport report;
        try (var target = Target.start(checkout(), data.resolve("stack"), work.resolve("cache"), secured)) {
            report = new HostileRun(target, plan, new Judge(0.15), System.out::println)
                    .run(data.resolve("canaries"))
                    .report();
        }
        ResultsFolder.of(checkout()).add(report);
        print(report);
        return report.passed();
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
        if (report.standstillSeconds() > 0) {
            System.out.printf(
                    Locale.ROOT,
                    "The machine stood still for %.0f s; what an app said of itself shortly after did not count.%n",
                    report.standstillSeconds());
        }
        report.apps()
                .forEach(app -> System.out.println(
                        app.name() + ": " + app.before() + " -> " + app.firstRound() + " -> " + app.after()));
        report.broken().forEach(sentence -> System.out.println("BROKEN: " + sentence));
    }
}
