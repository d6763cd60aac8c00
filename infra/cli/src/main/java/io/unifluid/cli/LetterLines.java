package io.unifluid.cli;

import io.unifluid.operations.deadletter.DeadLetter;
import io.unifluid.operations.deadletter.Redriven;
import java.util.Locale;
import java.util.Optional;

/** One line per dead letter: columns for people, tabs for pipes, JSON for programs. */
enum LetterLines {
    TABLE {
        @Override
        Optional<String> heading() {
            return Optional.of(
                    String.format(Locale.ROOT, COLUMNS, "PLACE", "SINCE", "FROM", "KEY", "BYTES", "SENT", "REASON"));
        }

        @Override
        String line(DeadLetter letter, Optional<Redriven.Marker> marker) {
            return String.format(
                    Locale.ROOT,
                    COLUMNS,
                    letter.place(),
                    letter.at().toString().replaceAll("\\.\\d+Z", "Z"),
                    shortened(letter.origin().orElse("?"), 30),
                    shortened(letter.key(), 24),
                    size(letter),
                    times(letter, marker),
                    shortened(letter.reason(), 100));
        }
    },
    PLAIN {
        @Override
        String line(DeadLetter letter, Optional<Redriven.Marker> marker) {
            return String.join(
                    "\t",
                    letter.place(),
                    letter.at().toString(),
                    Visible.text(letter.origin().orElse("?")),
                    Visible.text(letter.key()),
                    Integer.toString(size(letter)),
                    Integer.toString(times(letter, marker)),
                    Visible.text(letter.reason()));
        }
    },
    JSON {
        @Override
        String line(DeadLetter letter, Optional<Redriven.Marker> marker) {
            var node = JsonLines.object()
                    .put("place", letter.place())
                    .put("at", letter.at().toString())
                    .put("topic", letter.topic().orElse(null))
                    .put("origin", letter.origin().orElse(null))
                    .put("key", letter.key())
                    .put("bytes", size(letter))
                    .put("redrives", times(letter, marker))
                    .put("sentAgain", marker.isPresent())
                    .put("reason", letter.reason());
            marker.ifPresent(sent -> node.put("sentAgainAt", sent.at().toString()));
            return JsonLines.line(node);
        }
    };

    private static final String COLUMNS = "%-10s %-20s %-30s %-24s %8s %4s %s";

    static LetterLines of(boolean json) {
        if (json) {
            return JSON;
        }
        return onTerminal() ? TABLE : PLAIN;
    }

    /** Whether a person reads the output and can answer. */
    static boolean onTerminal() {
        var console = System.console();
        return console != null && console.isTerminal();
    }

    Optional<String> heading() {
        return Optional.empty();
    }

    abstract String line(DeadLetter letter, Optional<Redriven.Marker> marker);

    /** How often the record was sent again, before and after it became this letter. */
    private static int times(DeadLetter letter, Optional<Redriven.Marker> marker) {
        return marker.map(Redriven.Marker::times).orElse(letter.redrives());
    }

    private static int size(DeadLetter letter) {
        return letter.record().value() == null ? 0 : letter.record().value().length;
    }

    private static String shortened(String text, int chars) {
        var line = Visible.text(text);
        return line.codePointCount(0, line.length()) <= chars
                ? line
                : line.substring(0, line.offsetByCodePoints(0, chars - 1)) + "…";
    }
}
