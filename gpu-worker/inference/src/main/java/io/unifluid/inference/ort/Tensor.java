package io.unifluid.inference.ort;

/**
 * A dense array that goes into or comes out of a graph, row by row. Nothing is copied: do not change the values. One that
 * is {@link Held} never leaves ONNX Runtime.
 */
public sealed interface Tensor permits Tensor.Floats, Tensor.Longs, Tensor.Flags, Held {
    /** Length of each axis; empty for a single number. */
    long[] shape();

    /** 32-bit floats. */
    record Floats(float[] values, long... shape) implements Tensor {}

    /** 64-bit integers. */
    record Longs(long[] values, long... shape) implements Tensor {}

    /** True or false. */
    record Flags(boolean[] values, long... shape) implements Tensor {}
}
