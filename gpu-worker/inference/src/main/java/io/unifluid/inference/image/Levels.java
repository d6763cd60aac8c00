package io.unifluid.inference.image;

import java.util.Arrays;

/**
 * Resizes as Pillow does, level by level: weights of 22 bits, across first, what comes of it rounded to whole levels, then
 * down; of a picture more than a hundred times as high as wide that becomes lower, down first. (Pillow's {@code Resample.c} and
 * {@code Image.resize}; a picture of the right size passes unchanged there too.)
 *
 * <p>Takes the source row by row. Of a picture that a viewer turns by a quarter the rows are its columns, so that there
 * down comes first.
 */
final class Levels {
    private static final int BITS = 22;
    private static final int HALF = 1 << (BITS - 1);
    private static final int THIN = 100;

    private final int width;
    private final int height;
    private final Weights across;
    private final Weights down;
    private final boolean downFirst;
    private final int between;
    private final byte[][] planes;

    /** Rows of the result that the source's next row may be part of: a window that goes down with it. */
    private final int[][] sums;

    private final byte[] source;
    private final byte[] narrow;

    /** Of the row that is being resized: red above blue, for both at one multiplication, and green. */
    private final long[] redAndBlue;

    private final int[] green;

    private int next;

    /** The first row of the result that is not done. */
    private int current;

    /** The first row of the result for which no sum has begun. */
    private int begun;

    /**
     * @param to what the whole picture is resized to
     * @param part of that, the one that is wanted: no other is computed
     * @param turned for a picture whose sides change places when it is shown
     */
    Levels(PixelRows rows, Preparation.Size to, Preparation.Part part, Filter filter, boolean turned) {
        this(rows.width(), rows.height(), rows.exactWidth(), rows.exactHeight(), to, part, filter, turned);
    }

    private Levels(
            int sourceWidth,
            int sourceHeight,
            double exactWidth,
            double exactHeight,
            Preparation.Size to,
            Preparation.Part part,
            Filter filter,
            boolean turned) {
        boolean thin = turned
                ? sourceWidth > THIN * sourceHeight && to.width() < sourceWidth
                : sourceHeight > THIN * sourceWidth && to.height() < sourceHeight;
        boolean downFirst = turned != thin;
        this.width = part.width();
        this.height = part.height();
        this.downFirst = downFirst;
        this.across = Weights.of(sourceWidth, exactWidth, to.width(), part.x(), width, filter);
        this.down = Weights.of(sourceHeight, exactHeight, to.height(), part.y(), height, filter);
        this.between = downFirst ? sourceWidth : width;
        this.planes = new byte[3][width * height];
        this.sums = new int[down.window()][];
        this.source = new byte[3 * sourceWidth];
        this.narrow = new byte[3 * width];
        this.redAndBlue = new long[sourceWidth];
        this.green = new int[sourceWidth];
    }

    /** A picture in memory, resized. */
    static byte[][] resized(byte[][] planes, int width, int height, Preparation.Size to, Filter filter) {
        if (width == to.width() && height == to.height()) {
            return planes;
        }
        Levels levels = new Levels(width, height, width, height, to, Preparation.Part.whole(to), filter, false);
        for (int y = 0; y < height; y++) {
            for (int plane = 0; plane < 3; plane++) {
                System.arraycopy(planes[plane], y * width, levels.source, plane * width, width);
            }
            levels.add();
        }
        return levels.planes;
    }

    /** Takes the next row of the source, 0xRRGGBB; higher bits do not matter. */
    void add(int[] rgb) {
        int length = source.length / 3;
        for (int x = 0; x < length; x++) {
            int pixel = rgb[x];
            source[x] = (byte) (pixel >> 16);
            source[length + x] = (byte) (pixel >> 8);
            source[2 * length + x] = (byte) pixel;
        }
        add();
    }

    private void add() {
        byte[] row = source;
        if (!downFirst) {
            across(source);
            row = narrow;
        }
        while (begun < height && down.first()[begun] <= next) {
            int[] sum = sums[begun % sums.length];
            if (sum == null) {
                sum = new int[3 * between];
                sums[begun % sums.length] = sum;
            }
            Arrays.fill(sum, HALF);
            begun++;
        }
        for (int y = current; y < begun; y++) {
            int[] weights = down.weights()[y];
            int at = next - down.first()[y];
            if (at < weights.length) {
                add(row, weights[at], sums[y % sums.length]);
            }
        }
        next++;
        while (current < begun && down.first()[current] + down.weights()[current].length <= next) {
            done(current++);
        }
    }

    private static void add(byte[] row, int weight, int[] sum) {
        for (int x = 0; x < sum.length; x++) {
            sum[x] += weight * (row[x] & 255);
        }
    }

    private void done(int y) {
        int[] sum = sums[y % sums.length];
        if (downFirst) {
            byte[] row = new byte[sum.length];
            for (int x = 0; x < row.length; x++) {
                row[x] = level(sum[x]);
            }
            across(row);
            for (int plane = 0; plane < 3; plane++) {
                System.arraycopy(narrow, plane * width, planes[plane], y * width, width);
            }
            return;
        }
        for (int plane = 0; plane < 3; plane++) {
            for (int x = 0; x < width; x++) {
                planes[plane][y * width + x] = level(sum[plane * width + x]);
            }
        }
    }

    /** A row of the source's width, into {@link #narrow}. */
    private void across(byte[] row) {
        int length = green.length;
        for (int x = 0; x < length; x++) {
            redAndBlue[x] = (row[x] & 255L) << Integer.SIZE | row[2 * length + x] & 255;
            green[x] = row[length + x] & 255;
        }
        for (int x = 0; x < width; x++) {
            int at = across.first()[x];
            long outer = (long) HALF << Integer.SIZE | HALF;
            int inner = HALF;
            for (int weight : across.weights()[x]) {
                outer += weight * redAndBlue[at];
                inner += weight * green[at++];
            }
            int blue = (int) outer; // What is above it has lost one where blue is below zero.
            narrow[x] = level((int) (outer - blue >> Integer.SIZE));
            narrow[width + x] = level(inner);
            narrow[2 * width + x] = level(blue);
        }
    }

    private static byte level(int sum) {
        return (byte) Math.clamp(sum >> BITS, 0, 255);
    }

    /** @return red, green and blue, when all rows are added */
    byte[][] planes() {
        return planes;
    }

    /** For each target position the first source position it reads and the weights from there, in units of 2^-22. */
    private record Weights(int[] first, int[][] weights) {
        /**
         * For {@code count} of the target's positions, beginning with {@code begin}.
         *
         * @param exact the source's length, of which the last position may hold only a part (Pillow's box)
         */
        static Weights of(int source, double exact, int target, int begin, int count, Filter filter) {
            double scale = exact / target;
            double stretch = Math.max(1, scale);
            double reach = filter.reach() * stretch;
            int[] first = new int[count];
            int[][] weights = new int[count][];
            for (int i = 0; i < count; i++) {
                double centre = (begin + i + 0.5) * scale;
                int from = Math.max(0, (int) (centre - reach + 0.5));
                int to = Math.min(source, (int) (centre + reach + 0.5));
                double[] raw = new double[to - from];
                double sum = 0;
                for (int j = 0; j < raw.length; j++) {
                    raw[j] = filter.weight(Math.abs((from + j - centre + 0.5) * (1 / stretch)));
                    sum += raw[j];
                }
                first[i] = from;
                weights[i] = new int[raw.length];
                for (int j = 0; j < raw.length; j++) {
                    double weight = (sum == 0 ? raw[j] : raw[j] / sum) * (1 << BITS);
                    weights[i][j] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
                }
            }
            return new Weights(first, weights);
        }

        /** The most rows of the result that one row of the source is part of, and those that wait for them. */
        int window() {
            int most = 1;
            int oldest = 0;
            for (int i = 0; i < first.length; i++) {
                while (first[oldest] + weights[oldest].length <= first[i]) {
                    oldest++;
                }
                most = Math.max(most, i - oldest + 1);
            }
            return most;
        }
    }
}
