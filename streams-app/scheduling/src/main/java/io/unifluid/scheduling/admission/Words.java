package io.unifluid.scheduling.admission;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;

/**
 * Judges texts by what a reader sees of them and a model makes of them; the texts themselves stay as the caller wrote
 * them.
 */
final class Words {
    /** What a tokenizer could read as its own marks. */
    private static final Pattern MARKS = Pattern.compile("<\\|[^|<>]*\\|>|<\\||\\|>");

    private static final int NON_JOINER = 0x200C;
    private static final int JOINER = 0x200D;

    /** Whether nothing of the text is seen or says anything: blanks, unseen characters, lone accents, a model's marks. */
    public static boolean sayNothing(String text) {
        return MARKS.matcher(plain(text))
                .replaceAll("")
                .codePoints()
                .allMatch(c -> blank(c)
                        || switch (Character.getType(c)) {
                            case Character.NON_SPACING_MARK,
                                    Character.ENCLOSING_MARK,
                                    Character.COMBINING_SPACING_MARK -> true;
                            default -> false;
                        });
    }

    /**
     * The same for texts that differ in nothing but case, blanks, unseen characters, or how accents are written: a model
     * takes them for the same, and so does who reads its scores.
     */
    static String judged(String text) {
        var folded = Normalizer.normalize(plain(text), Normalizer.Form.NFC)
                .toUpperCase(Locale.ROOT)
                .toLowerCase(Locale.ROOT);
        return Normalizer.normalize(folded, Normalizer.Form.NFC);
    }

    /** The first character of a name that nobody would see there, as {@code U+200B}; joiners belong to some scripts. */
    static Optional<String> unseenIn(String name) {
        return first(name, c -> control(c) || (unseen(c) && c != NON_JOINER && c != JOINER && !selectsVariation(c)));
    }

    /** The first control character or end of a line, as {@code U+001B}; what else is not seen may be part of a file's name. */
    static Optional<String> controlIn(String address) {
        return first(address, Words::control);
    }

    private static Optional<String> first(String text, IntPredicate wanted) {
        return text.codePoints().filter(wanted).mapToObj("U+%04X"::formatted).findFirst();
    }

    private static boolean control(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE ->
                true;
            default -> false;
        };
    }

    /** One blank for every run of them, none at the ends, and nothing that is not seen. */
    private static String plain(String text) {
        var plain = new StringBuilder(text.length());
        boolean apart = false;
        int before = 0;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            boolean joins = c == JOINER && joins(before, i < text.length() ? text.codePointAt(i) : 0);
            before = c;
            if (blank(c)) {
                apart = true;
            } else if (joins || !unseen(c)) {
                plain.append(apart && !plain.isEmpty() ? " " : "").appendCodePoint(c);
                apart = false;
            }
        }
        return plain.toString();
    }

    /** Two pictographs that are joined are another one, and seen as such. */
    private static boolean joins(int before, int after) {
        return Character.isExtendedPictographic(after)
                && (Character.isExtendedPictographic(before) || Character.isEmojiModifier(before) || before == 0xFE0F);
    }

    /** Spaces of every width, tabs, ends of lines. */
    private static boolean blank(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
    }

    /** Controls, format characters, halves of pairs, private and unassigned ones, fillers, variation selectors. */
    private static boolean unseen(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> !blank(c);
            default ->
                switch (c) {
                    case 0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0 -> true;
                    default -> selectsVariation(c);
                };
        };
    }

    private static boolean selectsVariation(int c) {
        return (c >= 0x180B && c <= 0x180F) || (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF);
    }

    private Words() {}
}
