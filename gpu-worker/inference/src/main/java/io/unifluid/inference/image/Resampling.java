package io.unifluid.inference.image;

/**
 * Resizes with a cubic filter that widens with the reduction, so that every source pixel counts and nothing aliases
 * (the filter that Pillow calls BICUBIC, a = -0.5). A picture of the right size passes unchanged.
 */
final class Resampling {
    private static final double REACH = 2;

    private Resampling() {}

    /** @return red, green and blue planes one after the other, values 0 to 255 */
    static float[] resize(Pixels source, int width, int height) {
        if (source.width() == width && source.height() == height) {
            return planes(source);
        }
        float[] narrow = across(source, width);
        float[] result = new float[3 * height * width];
        Weights down = Weights.of(source.height(), height);
        for (int plane = 0; plane < 3; plane++) {
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    result[(plane * height + y) * width + x] =
                            Math.clamp(down.sum(narrow, plane * source.height() * width + x, width, y), 0f, 255f);
                }
            }
        }
        return result;
    }

    /** Narrows the rows: planes of the source's height and the target's width. */
    private static float[] across(Pixels source, int width) {
        int[] rgb = source.rgb();
        int plane = source.height() * width;
        float[] narrow = new float[3 * plane];
        Weights weights = Weights.of(source.width(), width);
        for (int y = 0; y < source.height(); y++) {
            for (int x = 0; x < width; x++) {
                int at = y * source.width() + weights.first()[x];
                float red = 0;
                float green = 0;
                float blue = 0;
                for (float weight : weights.weights()[x]) {
                    int pixel = rgb[at++];
                    red += weight * (pixel >> 16 & 255);
                    green += weight * (pixel >> 8 & 255);
                    blue += weight * (pixel & 255);
                }
                narrow[y * width + x] = red;
                narrow[plane + y * width + x] = green;
                narrow[2 * plane + y * width + x] = blue;
            }
        }
        return narrow;
    }

    private static float[] planes(Pixels source) {
        int[] rgb = source.rgb();
        float[] planes = new float[3 * rgb.length];
        for (int i = 0; i < rgb.length; i++) {
            planes[i] = rgb[i] >> 16 & 255;
            planes[rgb.length + i] = rgb[i] >> 8 & 255;
            planes[2 * rgb.length + i] = rgb[i] & 255;
        }
        return planes;
    }

    /** For each target position the first source position it reads and the weights from there. */
    private record Weights(int[] first, float[][] weights) {

        static Weights of(int source, int target) {
            double scale = (double) source / target;
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

        float sum(float[] values, int start, int step, int target) {
            float[] row = weights[target];
            int at = start + first[target] * step;
            float sum = 0;
            for (float weight : row) {
                sum += weight * values[at];
                at += step;
            }
            return sum;
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
