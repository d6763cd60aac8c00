package io.unifluid.chaos;

import io.unifluid.testkit.RunTable;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The runs' own record, and the table of the README. */
final class ResultsFolder {
    private static final String HEAD = """
            | seed | model | requests | faults | lost | second results | not succeeded | most attempts \
            | worker killed | streams app killed | broker killed | slowest other |
            |---|---|---|---|---|---|---|---|---|---|---|---|
            """;

    static RunTable<RunReport> of(Path checkout) {
        return new RunTable<>(checkout, "chaos", "run", RunReport.class, HEAD, ResultsFolder::row, RunReport::at);
    }

    private static Stream<?> row(RunReport run) {
        return Stream.of(
                run.seed(),
                Path.of(run.model()).getFileName(),
                run.requests(),
                run.faults().size(),
                run.lost(),
                run.second(),
                run.notSucceeded(),
                run.mostAttempts(),
                slowest(run, FaultKind.KILL_WORKER::equals),
                slowest(run, FaultKind.KILL_STREAMS::equals),
                slowest(run, FaultKind.KILL_BROKER::equals),
                slowest(run, kind -> !kind.name().startsWith("KILL")));
    }

    private static String slowest(RunReport run, Predicate<FaultKind> kinds) {
        List<Double> all = run.faults().stream()
                .filter(fault -> kinds.test(fault.kind()))
                .map(fault -> fault.recoverySeconds() == null ? Double.POSITIVE_INFINITY : fault.recoverySeconds())
                .toList();
        return all.stream()
                .max(Comparator.naturalOrder())
                .map(most -> most.isInfinite() ? "> 90 s" : String.format(Locale.ROOT, "%.1f s", most))
                .orElse("-");
    }

    private ResultsFolder() {}
}
