package io.unifluid.pdq;

import java.util.Arrays;

/**
 * The PDQ hash of a picture (<a href="https://github.com/facebook/ThreatExchange/tree/main/pdq">Facebook, "PDQ and TMK+PDQF",
 * 2019</a>): luminance, twice a box filter along rows and columns (Jarosz, SIGGRAPH 2001), 64 x 64 samples, of whose
 * cosine transform the 16 x 16 slowest waves without the constant one say by one bit each whether they are above their
 * median. Single precision and this order of additions on purpose: the bits are those of the reference.
 */
public final class Pdq {
    /** Below it the picture has too little structure: everything plain would match. */
    public static final int LEAST_QUALITY = 50;

    private static final int SIDE = 64;
    private static final int WAVES = 16;
    /** Half a block, since the filter passes twice. */
    private static final int WINDOWS = 2 * SIDE;

    private static final int PASSES = 2;
    private static final int BEST = 100;
    private static final int QUALITY_SCALE = 90;
    private static final float[][] COSINES = cosines();

    /**
     * A hash and what it is worth.
     *
     * @param quality 0 to 100, how much structure the picture has
     */
    public record Hashed(PdqHash hash, int quality) {
        /** Whether it may be compared with others. */
        public boolean usable() {
            return quality >= LEAST_QUALITY;
        }
    }

    /** @param luma row by row, 0 to 255; is overwritten */
    public static Hashed of(float[] luma, int width, int height) {
        if (width < 1 || height < 1 || luma.length < (long) width * height) {
            throw new IllegalArgumentException("A picture has at least one pixel, and a value for each.");
        }
        var other = new float[width * height];
        for (int i = 0; i < PASSES; i++) {
            alongRows(luma, other, width, height, window(width));
            alongColumns(other, luma, width, height, window(height));
        }
        var samples = samples(luma, width, height);
        return new Hashed(hash(waves(samples)), quality(samples));
    }

    public static float luma(int red, int green, int blue) {
        return 0.299f * red + 0.587f * green + 0.114f * blue;
    }

    /** Never larger than the side, unlike the reference's on pictures of a few pixels, which it cannot take. */
    private static int window(int side) {
        return Math.min(side, (side + WINDOWS - 1) / WINDOWS);
    }

    private static void alongRows(float[] in, float[] out, int width, int height, int window) {
        int half = (window + 2) / 2;
        for (int row = 0; row < height; row++) {
            int at = row * width;
            int right = at;
            int left = at;
            int to = at;
            float sum = 0;
            int size = 0;
            for (int i = 0; i < half - 1; i++) {
                sum += in[right++];
                size++;
            }
            for (int i = 0; i < window - half + 1; i++) {
                sum += in[right++];
                out[to++] = sum / ++size;
            }
            for (int i = 0; i < width - window; i++) {
                sum += in[right++];
                sum -= in[left++];
                out[to++] = sum / size;
            }
            for (int i = 0; i < half - 1; i++) {
                sum -= in[left++];
                out[to++] = sum / --size;
            }
        }
    }

    /** All columns side by side, since memory lies by rows. */
    private static void alongColumns(float[] in, float[] out, int width, int height, int window) {
        int half = (window + 2) / 2;
        var sums = new float[width];
        int right = 0;
        int left = 0;
        int to = 0;
        int size = 0;
        for (int i = 0; i < half - 1; i++, right++) {
            add(sums, in, right * width);
            size++;
        }
        for (int i = 0; i < window - half + 1; i++, right++, to++) {
            add(sums, in, right * width);
            write(sums, out, to * width, ++size);
        }
        for (int i = 0; i < height - window; i++, right++, left++, to++) {
            add(sums, in, right * width);
            subtract(sums, in, left * width);
            write(sums, out, to * width, size);
        }
        for (int i = 0; i < half - 1; i++, left++, to++) {
            subtract(sums, in, left * width);
            write(sums, out, to * width, --size);
        }
    }

    private static void add(float[] sums, float[] in, int at) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += in[at + i];
        }
    }

    private static void subtract(float[] sums, float[] in, int at) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] -= in[at + i];
        }
    }

    private static void write(float[] sums, float[] out, int at, int size) {
        for (int i = 0; i < sums.length; i++) {
            out[at + i] = sums[i] / size;
        }
    }

    private static float[][] samples(float[] luma, int width, int height) {
        var samples = new float[SIDE][SIDE];
        for (int i = 0; i < SIDE; i++) {
            int row = (int) (((i + 0.5) * height) / SIDE);
            for (int j = 0; j < SIDE; j++) {
                samples[i][j] = luma[row * width + (int) (((j + 0.5) * width) / SIDE)];
            }
        }
        return samples;
    }

    private static int quality(float[][] samples) {
        int gradients = 0;
        for (int i = 0; i < SIDE; i++) {
            for (int j = 0; j < SIDE; j++) {
                if (i + 1 < SIDE) {
                    gradients += step(samples[i][j], samples[i + 1][j]);
                }
                if (j + 1 < SIDE) {
                    gradients += step(samples[i][j], samples[i][j + 1]);
                }
            }
        }
        return Math.min(BEST, gradients / QUALITY_SCALE);
    }

    private static int step(float one, float next) {
        return Math.abs((int) ((one - next) * 100 / 255));
    }

    private static float[] waves(float[][] samples) {
        var half = new float[WAVES][SIDE];
        for (int i = 0; i < WAVES; i++) {
            for (int k = 0; k < SIDE; k++) {
                float cosine = COSINES[i][k];
                for (int j = 0; j < SIDE; j++) {
                    half[i][j] += cosine * samples[k][j];
                }
            }
        }
        var waves = new float[WAVES * WAVES];
        for (int i = 0; i < WAVES; i++) {
            for (int j = 0; j < WAVES; j++) {
                float sum = 0;
                for (int k = 0; k < SIDE; k++) {
                    sum += half[i][k] * COSINES[j][k];
                }
                waves[i * WAVES + j] = sum;
            }
        }
        return waves;
    }

    private static PdqHash hash(float[] waves) {
        var sorted = waves.clone();
        Arrays.sort(sorted);
        float median = sorted[sorted.length / 2 - 1];
        var words = new long[4];
        for (int bit = 0; bit < waves.length; bit++) {
            if (waves[bit] > median) {
                words[3 - bit / Long.SIZE] |= 1L << (bit % Long.SIZE);
            }
        }
        return new PdqHash(words[0], words[1], words[2], words[3]);
    }

    private static float[][] cosines() {
        var cosines = new float[WAVES][SIDE];
        float scale = (float) Math.sqrt(2.0 / SIDE);
        for (int i = 0; i < WAVES; i++) {
            for (int j = 0; j < SIDE; j++) {
                cosines[i][j] = (float) (scale * Math.cos((Math.PI / 2 / SIDE) * (i + 1) * (2 * j + 1)));
            }
        }
        return cosines;
    }

    private Pdq() {}
}
