package io.unifluid.inference.image;

import java.util.Arrays;

/**
 * Luminance or one colour difference of a VP8 frame, with the border above and to the left that the prediction at the
 * edges is made from. Positions are indices into {@code samples}.
 */
final class Vp8Plane {
    final byte[] samples;
    final int stride;

    /** @param blocks px of a side of a block: 16 for luminance, 8 for colours */
    Vp8Plane(int columns, int rows, int blocks) {
        stride = columns * blocks + 1;
        samples = new byte[Math.multiplyExact(stride, rows * blocks + 1)];
        Arrays.fill(samples, 0, stride, (byte) 127);
        for (int at = stride; at < samples.length; at += stride) {
            samples[at] = (byte) 129;
        }
    }

    int at(int x, int y) {
        return (y + 1) * stride + x + 1;
    }

    int value(int at) {
        return samples[at] & 0xFF;
    }

    static byte clip(int value) {
        return (byte) (value < 0 ? 0 : Math.min(value, 255));
    }

    /** Predicts a square (RFC 6386, 12.2) from the row above it and the column to its left. */
    void predict(int at, int side, int mode, boolean hasAbove, boolean hasLeft) {
        switch (mode) {
            case Vp8Frame.DC -> average(at, side, hasAbove, hasLeft);
            case Vp8Frame.VERTICAL -> {
                for (int y = 0; y < side; y++) {
                    System.arraycopy(samples, at - stride, samples, at + y * stride, side);
                }
            }
            case Vp8Frame.HORIZONTAL -> {
                for (int y = 0, row = at; y < side; y++, row += stride) {
                    Arrays.fill(samples, row, row + side, samples[row - 1]);
                }
            }
            default -> gradient(at, side);
        }
    }

    private void average(int at, int side, boolean hasAbove, boolean hasLeft) {
        int sum = 0;
        for (int i = 0; i < side; i++) {
            sum += (hasAbove ? value(at - stride + i) : 0) + (hasLeft ? value(at + i * stride - 1) : 0);
        }
        int shift = side == 16 ? 4 : side == 8 ? 3 : 2;
        int mean =
                hasAbove && hasLeft ? sum + side >> shift + 1 : hasAbove || hasLeft ? sum + (side >> 1) >> shift : 128;
        for (int y = 0, row = at; y < side; y++, row += stride) {
            Arrays.fill(samples, row, row + side, (byte) mean);
        }
    }

    private void gradient(int at, int side) {
        int corner = value(at - stride - 1);
        for (int y = 0, row = at; y < side; y++, row += stride) {
            int left = value(row - 1) - corner;
            for (int x = 0; x < side; x++) {
                samples[row + x] = clip(left + value(at - stride + x));
            }
        }
    }

    /**
     * Predicts a square of 4x4 (RFC 6386, 12.3).
     *
     * @param edge 13 samples: from the lowest to the left, over the corner (index 4), to the last to the right above
     */
    void predictSmall(int at, int mode, int[] edge) {
        switch (mode) {
            case 0 -> average(at, 4, true, true);
            case 1 -> gradient(at, 4);
            case 2 -> {
                for (int x = 0; x < 4; x++) {
                    column(at + x, smooth(edge, 5 + x));
                }
            }
            case 3 -> {
                for (int y = 0; y < 4; y++) {
                    int below = y == 3 ? edge[0] : edge[2 - y];
                    byte value = (byte) (edge[4 - y] + 2 * edge[3 - y] + below + 2 >> 2);
                    Arrays.fill(samples, at + y * stride, at + y * stride + 4, value);
                }
            }
            case 4 ->
                diagonal(at, edge, (x, y) -> x + y == 6 ? (edge[11] + 3 * edge[12] + 2 >> 2) : smooth(edge, 6 + x + y));
            case 5 -> diagonal(at, edge, (x, y) -> smooth(edge, 4 + x - y));
            case 6 -> diagonal(at, edge, (x, y) -> rightOf(edge, x, y));
            case 7 -> diagonal(at, edge, (x, y) -> leftOf(edge, x, y));
            case 8 -> diagonal(at, edge, (x, y) -> below(edge, x, y));
            default -> diagonal(at, edge, (x, y) -> above(edge, x, y));
        }
    }

    private interface Rule {
        int value(int x, int y);
    }

    private void diagonal(int at, int[] edge, Rule rule) {
        for (int y = 0; y < 4; y++) {
            for (int x = 0; x < 4; x++) {
                samples[at + y * stride + x] = (byte) rule.value(x, y);
            }
        }
    }

    private void column(int at, int value) {
        for (int y = 0; y < 4; y++) {
            samples[at + y * stride] = (byte) value;
        }
    }

    private static int smooth(int[] edge, int i) {
        return edge[i - 1] + 2 * edge[i] + edge[i + 1] + 2 >> 2;
    }

    private static int mean(int[] edge, int i) {
        return edge[i] + edge[i + 1] + 1 >> 1;
    }

    /** Vertical, to the right. */
    private static int rightOf(int[] edge, int x, int y) {
        int i = 4 + x - (y >> 1);
        if (i < 4) {
            return smooth(edge, 5 - y); // Only at the left edge: rows 2 and 3.
        }
        return (y & 1) == 0 ? mean(edge, i) : smooth(edge, i);
    }

    /** Vertical, to the left. */
    private static int leftOf(int[] edge, int x, int y) {
        if (x == 3 && y >= 2) {
            return smooth(edge, y == 2 ? 10 : 11);
        }
        int i = 5 + x + (y >> 1);
        return (y & 1) == 0 ? mean(edge, i) : smooth(edge, i + 1);
    }

    /** Horizontal, downwards. */
    private static int below(int[] edge, int x, int y) {
        int i = 3 - y + (x >> 1);
        if (y == 0 && x >= 2) {
            return smooth(edge, x + 3);
        }
        return (x & 1) == 0 ? mean(edge, i) : smooth(edge, i + 1);
    }

    /** Horizontal, upwards. */
    private static int above(int[] edge, int x, int y) {
        int i = 2 * y + x;
        if (i > 5) {
            return edge[0];
        }
        if (i == 5) {
            return edge[1] + 3 * edge[0] + 2 >> 2;
        }
        int low = 2 - (i >> 1);
        return (i & 1) == 0 ? mean(edge, low) : smooth(edge, low);
    }
}
