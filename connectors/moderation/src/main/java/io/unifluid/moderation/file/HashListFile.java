package io.unifluid.moderation.file;

import io.unifluid.moderation.hash.HashEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A hash list as others exchange it: one entry a line, 64 hex digits, behind them after a comma or blanks anything for people;
 * empty lines and those that begin with {@code #} are passed over. Of lists with a kind in each line ({@code pdq,HASH},
 * {@code sha256,HASH}) the kind is taken.
 */
public final class HashListFile {
    private static final Pattern LINE =
            Pattern.compile("(?:(?<kind>pdq|sha-?256)[,\\s:]+)?(?<hash>[0-9a-fA-F]{64})(?:[,\\s]+(?<note>.*))?");
    private static final int MOST_SAID = 10;
    private static final int LONGEST_NOTE = 200;

    /**
     * @param file its name, for messages
     * @param kind of lines that do not say
     * @throws BadFileException with the numbers of the lines that are no entries; nothing is taken then
     */
    public static List<HashEntry> read(
            String file,
            List<String> lines,
            String tenant,
            String list,
            HashEntry.Effect effect,
            HashEntry.Kind kind,
            List<String> labels) {
        var entries = new ArrayList<HashEntry>();
        var wrong = new ArrayList<String>();
        for (int i = 0; i < lines.size(); i++) {
            var line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            var found = LINE.matcher(line);
            if (!found.matches()) {
                wrong.add("Line " + (i + 1) + " is '" + shown(line) + "'; an entry has 64 hex digits.");
                continue;
            }
            var said = found.group("kind");
            entries.add(new HashEntry(
                    tenant,
                    list,
                    effect,
                    said == null ? kind : said.equals("pdq") ? HashEntry.Kind.PDQ : HashEntry.Kind.SHA256,
                    found.group("hash").toLowerCase(Locale.ROOT),
                    labels,
                    found.group("note") == null ? "" : shortened(found.group("note"))));
        }
        if (!wrong.isEmpty()) {
            throw new BadFileException(
                    file,
                    wrong.size() <= MOST_SAID
                            ? wrong
                            : Stream.concat(
                                            wrong.stream().limit(MOST_SAID),
                                            Stream.of("And " + (wrong.size() - MOST_SAID) + " more lines."))
                                    .toList());
        }
        return entries;
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_NOTE ? text : text.substring(0, LONGEST_NOTE);
    }

    private static String shown(String line) {
        return line.length() <= 40 ? line : line.substring(0, 40) + "..";
    }

    private HashListFile() {}
}
