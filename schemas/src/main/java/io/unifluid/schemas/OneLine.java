package io.unifluid.schemas;

/**
 * Text that others wrote, as one harmless line for logs, headers and terminals: what moves a cursor, starts a line or
 * turns the direction of writing is shown as {@code U+FFFD}, and what is too long is cut.
 */
public final class OneLine {
    private static final char REPLACEMENT = '\uFFFD';
    private static final char CUT = '\u2026';

    /** @param atMost characters, the mark of a cut included; at least 1 */
    public static String of(String text, int atMost) {
        var line = new StringBuilder(Math.min(text.length(), atMost));
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            i += Character.charCount(point);
            int shown = harmless(point) ? point : REPLACEMENT;
            if (line.length() + Character.charCount(shown) > (i < text.length() ? atMost - 1 : atMost)) {
                return line.append(CUT).toString();
            }
            line.appendCodePoint(shown);
        }
        return line.toString();
    }

    private static boolean harmless(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            case Character.FORMAT -> point == 0x200C || point == 0x200D; // They join letters and emoji.
            default -> true;
        };
    }

    private OneLine() {}
}
