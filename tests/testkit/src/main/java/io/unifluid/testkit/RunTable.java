package io.unifluid.testkit;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The record of a suite's runs: one line of JSON each, and the table in the suite's README that is made from them.
 *
 * @param suite name of its folder below {@code tests}
 * @param command of the suite that wrote them, such as {@code run}
 * @param head the table's first two lines
 * @param row the cells of a run
 * @param at when a run began; rows are in this order
 */
public record RunTable<R>(
        Path checkout,
        String suite,
        String command,
        Class<R> type,
        String head,
        Function<R, Stream<?>> row,
        Function<R, String> at) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String END = "<!-- end of runs -->";

    /** Adds the run and writes the table anew. */
    public void add(R run) throws IOException {
        Files.createDirectories(file().getParent());
        Files.writeString(
                file(), JSON.writeValueAsString(run) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        writeTable();
    }

    private void writeTable() throws IOException {
        var readme = folder().resolve("README.md");
        var text = Files.readString(readme);
        var mark = "<!-- runs: written by tests/" + suite + "/" + command + " -->";
        int begin = text.indexOf(mark) + mark.length();
        int end = text.indexOf(END, begin);
        if (begin < mark.length() || end < begin) {
            throw new IOException("The README " + readme + " lacks the marks '" + mark + "' and '" + END + "'.");
        }
        Files.writeString(readme, text.substring(0, begin) + "\n" + table() + text.substring(end));
    }

    private String table() throws IOException {
        try (var lines = Files.lines(file())) {
            return head
                    + lines.map(this::read)
                            .sorted(Comparator.comparing(at))
                            .map(run -> row.apply(run)
                                    .map(String::valueOf)
                                    .collect(Collectors.joining(" | ", "| ", " |\n")))
                            .collect(Collectors.joining());
        }
    }

    private R read(String line) {
        try {
            return JSON.readValue(line, type);
        } catch (IOException e) {
            throw new UncheckedIOException("Not a run: " + line, e);
        }
    }

    private Path folder() {
        return checkout.resolve("tests").resolve(suite);
    }

    private Path file() {
        return folder().resolve("results").resolve(command + "s.jsonl");
    }
}
