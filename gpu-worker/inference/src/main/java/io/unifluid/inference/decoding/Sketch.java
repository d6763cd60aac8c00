package io.unifluid.inference.decoding;

import io.unifluid.inference.ort.GraphFailure;

/** A picture to draw. */
final class Sketch {
    /** The prompt. */
    final long[] ids;

    final float guidance;
    final long seed;
    /** Of the picture, once it is drawn. */
    long[] tokens = {};

    /** Red, green and blue planes, -1 to 1. */
    float[] pixels = {};

    int width;
    int height;
    GraphFailure failure;

    /** @param guidance how strongly the prompt steers: 0 not at all, 1 as the model would by itself */
    Sketch(long[] ids, float guidance, long seed) {
        this.ids = ids;
        this.guidance = guidance;
        this.seed = seed;
    }

    /** A sum over it is no number if one of its pixels is none. */
    double sum() {
        double sum = 0;
        for (float pixel : pixels) {
            sum += pixel;
        }
        return sum;
    }
}
