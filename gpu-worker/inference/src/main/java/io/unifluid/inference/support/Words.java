package io.unifluid.inference.support;

import java.text.Normalizer;
import java.util.regex.Pattern;

/** What a model is given of a user's words: the same tokens for what reads the same. */
public final class Words {
    private static final Pattern MARKS = Pattern.compile("<\\|[^|<>]*\\|>|<\\||\\|>");
    private static final int JOINER = 0x200D;
    private static final int EMOJI_STYLE = 0xFE0F;

    /**
     * One space for every run of blanks and none at the ends, accents written in one way, and nothing that is not seen.
     * Case stays: what it means is the tokenizer's to say.
     */
    public static String plain(String text) {
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
        return Normalizer.normalize(plain, Normalizer.Form.NFC);
    }

    /** Whether nothing is seen or said: blanks, unseen characters, lone accents, the model's marks. */
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

    /** Two pictographs that are joined are another one. */
    private static boolean joins(int before, int after) {
        return Character.isExtendedPictographic(after)
                && (Character.isExtendedPictographic(before)
                        || Character.isEmojiModifier(before)
                        || before == EMOJI_STYLE);
    }

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
                    default ->
                        (c >= 0x180B && c <= 0x180F) || (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF);
                };
        };
    }

    private Words() {}
}
