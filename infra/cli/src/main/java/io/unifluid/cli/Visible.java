package io.unifluid.cli;

/**
 * Text from records, files and other programs as a terminal may have it: what would move the cursor, begin a line, change
 * colours or the direction of writing, or not be seen at all is written out, as {@code \n} or {@code \u001b}. Printable
 * characters of all languages stay, and so do the joiners that emoji and some scripts need.
 */
final class Visible {
    private static final int ZERO_WIDTH_NON_JOINER = 0x200c;
    private static final int ZERO_WIDTH_JOINER = 0x200d;

    private Visible() {}

    /** A value within a line. */
    static String text(String raw) {
        return shown(raw, false);
    }

    /** A whole line without its end, whose tabs part the columns. */
    static String line(String raw) {
        return shown(raw, true);
    }

    /** A JSON text, which means the same afterwards: such characters can only be within its strings. */
    static String json(String json) {
        if (json.codePoints().noneMatch(Visible::hidden)) {
            return json;
        }
        var shown = new StringBuilder();
        json.codePoints().forEach(point -> {
            if (hidden(point)) {
                for (char unit : Character.toChars(point)) {
                    shown.append(String.format("\\u%04x", (int) unit));
                }
            } else {
                shown.appendCodePoint(point);
            }
        });
        return shown.toString();
    }

    private static String shown(String raw, boolean tabs) {
        if (raw.codePoints().noneMatch(Visible::hidden)) {
            return raw;
        }
        var shown = new StringBuilder();
        raw.codePoints().forEach(point -> {
            if (!hidden(point) || tabs && point == '\t') {
                shown.appendCodePoint(point);
            } else {
                shown.append(
                        switch (point) {
                            case '\n' -> "\\n";
                            case '\r' -> "\\r";
                            case '\t' -> "\\t";
                            default -> String.format(point < 0x10000 ? "\\u%04x" : "\\u{%x}", point);
                        });
            }
        });
        return shown.toString();
    }

    private static boolean hidden(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE ->
                true;
            case Character.FORMAT -> point != ZERO_WIDTH_JOINER && point != ZERO_WIDTH_NON_JOINER;
            default -> false;
        };
    }
}
