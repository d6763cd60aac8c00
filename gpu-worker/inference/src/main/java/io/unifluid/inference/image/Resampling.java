package io.unifluid.inference.image;

/**
 * Resizes with a cubic filter that widens with the reduction, so that every source pixel counts and nothing aliases
 * (the filter that Pillow calls BICUBIC, a = -0.5). A picture of the right size passes unchanged.
 *
 * <p>Takes the source row by row and keeps none: each row is narrowed and added to the rows of the result that it is
 * part of. Floats are added in the order of the source, whatever its size, so that the result is the same to the bit.
 */
final class Resampling {
    private static final double REACH = 2;

    private final int width;
    private final int height;
    private final Weights across;
    private final Weights down;
    private final boolean unchanged;
    private final float[] planes;

    /** Red, green and blue of the source's row: each is read several times, so they are made floats once. */
    private final float[][] source;

    private final float[] narrow;

    /** The number of the next row of the source. */
    private int next;

    /** The first row of the result that it may be part of. */
    private int current;

    /** Of a picture of these rows. */
    Resampling(PixelRows rows, int width, int height) {
        int sourceWidth = rows.width();
        int sourceHeight = rows.height();
        this.width = width;
        this.height = height;
        this.unchanged = sourceWidth == width && sourceHeight == height;
        this.across = Weights.of(sourceWidth, rows.exactWidth(), width);
        this.down = Weights.of(sourceHeight, rows.exactHeight(), height);
        this.planes = new float[3 * height * width];
        this.source = new float[3][sourceWidth];
        this.narrow = new float[3 * width];
    }

    /** Takes the next row of the source, 0xRRGGBB; higher bits do not matter. */
    void add(int[] rgb) {
        if (unchanged) {
            copy(rgb);
        } else {
            spread(rgb, source[0], source[1], source[2]);
            narrow(source[0], source[1], source[2]);
            int[] first = down.first();
            while (current < height && first[current] + down.weights()[current].length <= next) {
                current++;
            }
            for (int y = current; y < height && first[y] <= next; y++) {
                float[] weights = down.weights()[y];
                if (next - first[y] < weights.length) {
                    add(weights[next - first[y]], y * width);
                }
            }
        }
        next++;
    }

    private static void spread(int[] rgb, float[] red, float[] green, float[] blue) {
        for (int x = 0; x < red.length; x++) {
            int pixel = rgb[x];
            red[x] = pixel >> 16 & 255;
            green[x] = pixel >> 8 & 255;
            blue[x] = pixel & 255;
        }
    }

    private void narrow(float[] reds, float[] greens, float[] blues) {
        for (int x = 0; x < width; x++) {
            int at = across.first()[x];
            float[] weights = across.weights()[x];
            float red = 0;
            float green = 0;
            float blue = 0;
            for (int i = 0; i < weights.length; i++) {
                float weight = weights[i];
                red += weight * reds[at + i];
                green += weight * greens[at + i];
                blue += weight * blues[at + i];
            }
            narrow[x] = red;
            narrow[width + x] = green;
            narrow[2 * width + x] = blue;
        }
    }

    private void add(float weight, int to) {
        int area = width * height;
        float[] sums = planes;
        for (int plane = 0; plane < 3; plane++, to += area) {
            int from = plane * width;
            for (int x = 0; x < width; x++) {
                sums[to + x] += weight * narrow[from + x];
            }
        }
    }

    private void copy(int[] rgb) {
        int area = width * height;
        for (int x = 0, at = next * width; x < width; x++, at++) {
            planes[at] = rgb[x] >> 16 & 255;
            planes[area + at] = rgb[x] >> 8 & 255;
            planes[2 * area + at] = rgb[x] & 255;
        }
    }

    /** @return red, green and blue planes one after the other, values 0 to 255, when all rows are added */
    float[] planes() {
        for (int i = 0; i < planes.length; i++) {
            planes[i] = Math.clamp(planes[i], 0f, 255f);
        }
        return planes;
    }

    /** For each target position the first source position it reads and the weights from there. */
    private record Weights(int[] first, float[][] weights) {

        /** @param exact the source's length, of which the last position may hold only a part */
        static Weights of(int source, double exact, int target) {
            double scale = exact / target;
            double stretch = Math.max(1, scale);
            int[] first = new int[target];
            float[][] weights = new float[target][];
            for (int i = 0; i < target; i++) {
                double centre = (i + 0.5) * scale;
                int from = Math.max(0, (int) Math.round(centre - REACH * stretch));
                int to = Math.min(source, (int) Math.round(centre + REACH * stretch));
                double[] raw = new double[Math.max(1, to - from)];
                double sum = 0;
                for (int j = 0; j < raw.length; j++) {
                    raw[j] = cubic((from + j + 0.5 - centre) / stretch);
                    sum += raw[j];
                }
                first[i] = from;
                weights[i] = new float[raw.length];
                for (int j = 0; j < raw.length; j++) {
                    weights[i][j] = (float) (raw[j] / sum);
                }
            }
            return new Weights(first, weights);
        }

        private static double cubic(double distance) {
            double x = Math.abs(distance);
            if (x < 1) {
                return (1.5 * x - 2.5) * x * x + 1;
            }
            return x < REACH ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
        }
    }
}
