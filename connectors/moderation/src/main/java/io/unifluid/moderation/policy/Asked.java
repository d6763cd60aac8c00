package io.unifluid.moderation.policy;

import java.util.List;

/** What the model is asked; the same text with the same choices, in whichever policy, is asked once. */
public record Asked(String text, List<String> choices) {
    public Asked {
        choices = List.copyOf(choices);
    }
}
