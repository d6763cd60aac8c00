package io.unifluid.inference.decoding;

import io.unifluid.inference.support.Prompts;

/**
 * Text around a user's words. Marks in it are the model's own; those in the words are only text.
 *
 * @param text with {@link Prompts#PLACE} where the words go
 */
public record Template(String text) {
    /** Ends a template that takes no words. */
    static final String NOWHERE = Prompts.PLACE;

    public Template {
        if (!text.contains(Prompts.PLACE)) {
            throw new IllegalArgumentException("a template needs a place for the words");
        }
    }

    /** @param place as a bundle writes it, for example "{question}" */
    public static Template of(String text, String place) {
        return new Template(text.replace(place, Prompts.PLACE));
    }
}
