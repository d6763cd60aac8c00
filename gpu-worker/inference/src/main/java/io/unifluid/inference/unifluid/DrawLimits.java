package io.unifluid.inference.unifluid;

/** Bounds of drawing that hold for every bundle of this family. */
final class DrawLimits {
    /** Beyond it colours only saturate. */
    static final double MAX_GUIDANCE = 20;

    private DrawLimits() {}
}
