package io.unifluid.hostile;

import io.unifluid.testkit.RunTable;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The runs' own record, and the table of the README. */
final class ResultsFolder {
    private static final String HEAD = """
            | seed | stack | minutes | innocent requests | slowest of them | hostile records (kinds) | of these pictures \
            | their results | dead letters | memory before, after the first round, at the end [MiB] | promises broken |
            |---|---|---|---|---|---|---|---|---|---|---|
            """;

    static RunTable<RunReport> of(Path checkout) {
        return new RunTable<>(checkout, "hostile", "run", RunReport.class, HEAD, ResultsFolder::row, RunReport::at);
    }

    private static Stream<?> row(RunReport run) {
        return Stream.of(
                run.seed(),
                run.secured() ? "secured" : "plain",
                String.format(Locale.ROOT, "%.1f", run.seconds() / 60),
                run.innocent(),
                String.format(Locale.ROOT, "%.1f s", run.slowestSeconds()),
                run.records() + " (" + run.hostile().size() + ")",
                run.pictures(),
                run.results(),
                run.letters(),
                run.apps().stream()
                        .map(app -> app.name() + " " + app.before().rssMebibytes() + " → "
                                + app.firstRound().rssMebibytes() + " → "
                                + app.after().rssMebibytes())
                        .collect(Collectors.joining(", ")),
                run.broken().size());
    }

    private ResultsFolder() {}
}
