package io.unifluid.archive.source;

import io.unifluid.archive.Item;
import io.unifluid.client.Failure;
import io.unifluid.client.Why;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** A list of URLs: one a line, or a column of a table. Its lines are numbered from 1, a table's without its head. */
final class UrlMembers implements Members {
    private final Origin origin;
    private final Urls urls;
    private final BufferedReader reader;
    private final Supplier<Optional<String>> lines;
    private long ordinal;
    private boolean ended;

    private UrlMembers(Origin origin, Urls urls, boolean table) throws IOException, InterruptedException {
        this.origin = origin;
        this.urls = urls;
        // What is no UTF-8 is an error of its line: the replacement character is in no URL.
        this.reader = new BufferedReader(new InputStreamReader(origin.file().open(), StandardCharsets.UTF_8));
        reader.mark(1);
        if (reader.read() != '\ufeff') {
            reader.reset();
        }
        this.lines = table ? table() : this::line;
    }

    static UrlMembers list(Origin origin, Urls urls) throws IOException, InterruptedException {
        return new UrlMembers(origin, urls, false);
    }

    static UrlMembers table(Origin origin, Urls urls) throws IOException, InterruptedException {
        return new UrlMembers(origin, urls, true);
    }

    @Override
    public Item next() {
        try {
            while (!ended) {
                var url = lines.get();
                ordinal++;
                if (url.isEmpty()) {
                    ended = true;
                } else if (ordinal > origin.after() && !url.get().isEmpty()) {
                    return urls.item(origin, ordinal, url.get());
                }
            }
            return null;
        } catch (UncheckedIOException | IllegalArgumentException | IllegalStateException e) {
            ended = true;
            return origin.broken(
                    ordinal + 1,
                    "",
                    new Failure(
                            Failure.CORRUPT,
                            "The list is damaged after line " + ordinal + " (" + Why.of(e)
                                    + "): the rest of it was not read."));
        }
    }

    /** Empty at the end; an empty text for what is no line. */
    private Optional<String> line() {
        try {
            return Optional.ofNullable(reader.readLine())
                    .map(String::strip)
                    .map(line -> line.startsWith("#") ? "" : line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Supplier<Optional<String>> table() throws IOException {
        var format = (origin.file().name().toLowerCase(java.util.Locale.ROOT).endsWith(".tsv")
                        ? CSVFormat.TDF
                        : CSVFormat.RFC4180)
                .builder()
                .setIgnoreEmptyLines(true)
                .get();
        Iterator<CSVRecord> records =
                CSVParser.builder().setReader(reader).setFormat(format).get().iterator();
        if (!records.hasNext()) {
            return Optional::empty;
        }
        var head = records.next();
        var names = head.toList();
        var asked = origin.selection().column();
        var column = asked.map(name -> names.indexOf(name))
                .filter(at -> at >= 0)
                .or(() -> asked.isPresent()
                        ? Optional.empty()
                        : Columns.first(names, Columns.URLS).map(names::indexOf));
        if (column.isEmpty()) {
            throw new IllegalArgumentException(Columns.unknown(asked, names));
        }
        return () -> {
            if (!records.hasNext()) {
                return Optional.empty();
            }
            var record = records.next();
            return Optional.of(
                    record.size() > column.get() ? record.get(column.get()).strip() : "");
        };
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (IOException e) {
            // it was read, and is not wanted any more
        }
    }
}
