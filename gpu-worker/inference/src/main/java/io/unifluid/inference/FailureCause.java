package io.unifluid.inference;

/** Who must act on a failed item. */
public enum FailureCause {
    /** The caller: the same item will fail again. */
    BAD_INPUT,
    /** The model's owner: the graph failed on this item, also alone. */
    MODEL,
    /** The operator: the device had no memory for this item, also alone. */
    OUT_OF_MEMORY
}
