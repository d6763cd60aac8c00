package io.unifluid.inference.unifluid;

/** Bounds of drawing that hold for every bundle of this family. */
final class DrawLimits {
    /** A bound against nonsense, well above the 2 to 3 that models are tuned for. */
    static final double MAX_GUIDANCE = 20;

    private DrawLimits() {}
}
