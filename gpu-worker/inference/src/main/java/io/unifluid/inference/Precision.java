package io.unifluid.inference;

/** What numbers a model multiplies. */
public enum Precision {
    /** 8-bit integers where the device runs them faster and the bundle has graphs for it, else 32-bit floats. */
    AUTO,
    /** 32-bit floats, whatever the bundle has. */
    FP32
}
