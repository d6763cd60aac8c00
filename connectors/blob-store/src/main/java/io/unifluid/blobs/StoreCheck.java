package io.unifluid.blobs;

import java.util.Objects;

/**
 * The answer to "would this store work?".
 *
 * @param sentence one sentence for a person: what works, or what is wrong and what to do
 */
public record StoreCheck(boolean ok, String sentence) {
    public StoreCheck {
        Objects.requireNonNull(sentence, "sentence");
    }

    static StoreCheck works(String sentence) {
        return new StoreCheck(true, sentence);
    }

    static StoreCheck fails(String sentence) {
        return new StoreCheck(false, sentence);
    }
}
