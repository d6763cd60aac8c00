package io.unifluid.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The runs' own record: one line of JSON each, and the table of the README that is made from them. */
record ResultsFolder(Path file, Path readme) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BEGIN = "<!-- runs: written by tests/chaos/run -->";
    private static final String END = "<!-- end of runs -->";
    private static final String HEAD = """
            | seed | model | requests | faults | lost | second results | not succeeded | most attempts \
            | worker killed | streams app killed | broker killed | slowest other |
            |---|---|---|---|---|---|---|---|---|---|---|---|
            """;

    static ResultsFolder of(Path checkout) {
        var folder = checkout.resolve("tests").resolve("chaos");
        return new ResultsFolder(folder.resolve("results").resolve("runs.jsonl"), folder.resolve("README.md"));
    }

    /** Adds the run and writes the table anew. */
    void add(RunReport run) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(
                file, JSON.writeValueAsString(run) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        writeTable();
    }

    void writeTable() throws IOException {
        var text = Files.readString(readme);
        int begin = text.indexOf(BEGIN) + BEGIN.length();
        int end = text.indexOf(END);
        if (begin < BEGIN.length() || end < begin) {
            throw new IOException("The README " + readme + " lacks the marks '" + BEGIN + "' and '" + END + "'.");
        }
        Files.writeString(readme, text.substring(0, begin) + "\n" + table() + text.substring(end));
    }

    private String table() throws IOException {
        try (var lines = Files.lines(file)) {
            return HEAD
                    + lines.map(ResultsFolder::read)
                            .sorted(Comparator.comparing(RunReport::at))
                            .map(ResultsFolder::row)
                            .collect(Collectors.joining());
        }
    }

    private static RunReport read(String line) {
        try {
            return JSON.readValue(line, RunReport.class);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("Not a run: " + line, e);
        }
    }

    private static String row(RunReport run) {
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
                                slowest(run, kind -> !kind.name().startsWith("KILL")))
                        .map(Objects::toString)
                        .collect(Collectors.joining(" | ", "| ", " |"))
                + "\n";
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
}
