package io.unifluid.inference;

/** How models with a decoder of their own write texts, whose bundle has the loop over tokens as one graph too. */
public enum TextLoop {
    /** In that graph on a GPU, token by token on a CPU. */
    AUTO,
    /** Token by token, whatever the bundle has. */
    STEPS,
    /** In that graph where the bundle has it, on every device. */
    COMPILED
}
