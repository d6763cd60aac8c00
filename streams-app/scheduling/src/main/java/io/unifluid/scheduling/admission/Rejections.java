package io.unifluid.scheduling.admission;

import java.util.Optional;

/** Words refusals alike. */
final class Rejections {
    private static final int SHOWN_CHARS = 60;

    static Optional<Rejection> because(RejectKind kind, String message) {
        return Optional.of(new Rejection(kind, message));
    }

    static Optional<Rejection> tooLong(RejectKind kind, String field, int chars, int limit) {
        return because(kind, "The " + field + " has " + chars + " characters; the limit is " + limit + ": shorten it.");
    }

    /** Refuses a text that says nothing. */
    static Optional<Rejection> empty(RejectKind kind, String field, String text, String what) {
        if (!Words.sayNothing(text)) {
            return Optional.empty();
        }
        return because(
                kind,
                text.isBlank()
                        ? "The " + field + " is blank: " + what + "."
                        : "The " + field + " has nothing but blanks, unseen characters or marks of the model: " + what
                                + ".");
    }

    /** @param character that a name must not have, if there is one */
    static Optional<Rejection> unseen(RejectKind kind, String field, Optional<String> character) {
        return character.flatMap(c ->
                because(kind, "The " + field + " has a character in it that is not seen (" + c + "): leave that out."));
    }

    static Optional<Rejection> outOfRange(String field, Object value, String range) {
        return because(
                RejectKind.OUT_OF_RANGE, "The " + field + " is " + value + "; it must be " + range + ": change it.");
    }

    /** A caller's text as it may stand in a message: short, and without characters that could forge a log line. */
    static String shown(String text) {
        String head = text.length() > SHOWN_CHARS ? text.substring(0, SHOWN_CHARS) + "…" : text;
        return head.replaceAll("\\p{C}", "?");
    }

    private Rejections() {}
}
