package io.unifluid.inference.decoding;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.OptionalLong;
import java.util.SequencedSet;

/**
 * What holds for every text that a model writes, as its generation_config.json has it.
 *
 * @param ends tokens that end a text; answers to closed questions are scored with the first
 * @param pad the token that rows are fed which have ended
 * @param first the token that every text begins with
 * @param last the token that a text ends with that becomes as long as it may
 * @param noRepeat no run of so many tokens comes twice; 0 for no such rule
 */
public record Rules(
        SequencedSet<Long> ends, long pad, OptionalLong first, OptionalLong last, int noRepeat, Sampling sampling) {
    public Rules {
        ends = Collections.unmodifiableSequencedSet(new LinkedHashSet<>(ends));
        if (ends.isEmpty()) {
            throw new IllegalArgumentException("no token ends a text");
        }
    }

    /** Whether the likeliest token is always the next one, so that scores need not be looked at. */
    boolean plain() {
        return noRepeat == 0 && sampling.greedy();
    }

    /** Whether nothing but the scores chooses any token, so that a loop needs no more than them. */
    boolean likeliest() {
        return plain() && first.isEmpty() && last.isEmpty();
    }

    long end() {
        return ends.getFirst();
    }
}
