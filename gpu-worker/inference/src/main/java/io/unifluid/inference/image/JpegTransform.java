package io.unifluid.inference.image;

import java.util.Arrays;

/**
 * The inverse cosine transform of a JPEG's blocks, to 8, 4, 2 or 1 values in each direction: fewer are the means of
 * those that they stand for, and cost less. The integer steps of Loeffler, Ligtenberg and Moschytz (ICASSP 1989), and
 * what is left of them where neighbours are averaged, as in libjpeg's jidctint.c and jidctred.c.
 */
final class JpegTransform {
    /** Of the constants. */
    private static final int BITS = 13;

    /** Kept between the two directions. */
    private static final int BETWEEN = 2;

    private static final long COLUMN = 0x0101010101010101L;

    /** Columns that a row of so many values comes of: a bit each. */
    private static final int[] COLUMNS = {0, 0b00000001, 0b10101011, 0, 0b11101111, 0, 0, 0, 0b11111111};

    private final int across;
    private final int down;
    private final int shift;
    private final long needed;
    private final int[] between = new int[64];
    private final int[] line = new int[8];

    /**
     * @param across values in a row of a block: 8, 4, 2 or 1
     * @param down values in a column
     */
    JpegTransform(int across, int down) {
        this.across = across;
        this.down = down;
        this.shift = BITS + BETWEEN + 3 + halvings(across);
        long all = 0;
        for (int row = 0; row < 8; row++) {
            if ((COLUMNS[down] >> row & 1) == 1) {
                all |= (long) COLUMNS[across] << 8 * row;
            }
        }
        this.needed = all;
    }

    private static int halvings(int values) {
        return 3 - Integer.numberOfTrailingZeros(values);
    }

    /**
     * @param block coefficients in rows, dequantized; zeros when this is done
     * @param places a bit for each of them that is not zero; the first one may always be
     * @param samples get the block from {@code at} on, in rows {@code stride} apart
     */
    void put(int[] block, long places, byte[] samples, int at, int stride) {
        if ((places & needed & ~1L) == 0) {
            byte level = level(block[0] + 4 >> 3);
            for (int y = 0, to = at; y < down; y++, to += stride) {
                for (int x = 0; x < across; x++) {
                    samples[to + x] = level;
                }
            }
        } else {
            for (int x = 0; x < 8; x++) {
                if ((COLUMNS[across] >> x & 1) == 1) {
                    column(block, places >>> x & COLUMN, x);
                }
            }
            for (int y = 0, to = at; y < down; y++, to += stride) {
                transform(between, 8 * y, 1, across, shift, line, 0, 1);
                for (int x = 0; x < across; x++) {
                    samples[to + x] = level(line[x]);
                }
            }
        }
        if (places == 0) {
            block[0] = 0;
        } else {
            Arrays.fill(block, 0);
        }
    }

    /** Whether a block's mean is all that is needed of it. */
    boolean ofMeans() {
        return needed == 1;
    }

    private void column(int[] block, long places, int x) {
        if ((places & ~1L) == 0) {
            int value = block[x] << BETWEEN;
            for (int y = 0; y < down; y++) {
                between[8 * y + x] = value;
            }
        } else {
            transform(block, x, 8, down, BITS - BETWEEN + halvings(down), between, x, 8);
        }
    }

    private static byte level(int value) {
        return (byte) Math.min(Math.max(value + 128, 0), 255);
    }

    private static void transform(int[] in, int at, int step, int values, int shift, int[] out, int to, int next) {
        switch (values) {
            case 1 -> out[to] = shift > BITS + 3 ? descale(in[at], shift - BITS - 3) : in[at] << BITS + 3 - shift;
            case 2 -> two(in, at, step, shift, out, to, next);
            case 4 -> four(in, at, step, shift, out, to, next);
            default -> eight(in, at, step, shift, out, to, next);
        }
    }

    private static void two(int[] in, int at, int step, int shift, int[] out, int to, int next) {
        int even = in[at] << BITS + 2;
        int odd = in[at + 7 * step] * -5906
                + in[at + 5 * step] * 6967
                + in[at + 3 * step] * -10426
                + in[at + step] * 29692;
        out[to] = descale(even + odd, shift);
        out[to + next] = descale(even - odd, shift);
    }

    private static void four(int[] in, int at, int step, int shift, int[] out, int to, int next) {
        int mean = in[at] << BITS + 1;
        int even = in[at + 2 * step] * 15137 + in[at + 6 * step] * -6270;
        int first = in[at + step];
        int third = in[at + 3 * step];
        int fifth = in[at + 5 * step];
        int seventh = in[at + 7 * step];
        int inner = seventh * -1730 + fifth * 11893 + third * -17799 + first * 8697;
        int outer = seventh * -4176 + fifth * -4926 + third * 7373 + first * 20995;
        out[to] = descale(mean + even + outer, shift);
        out[to + next] = descale(mean - even + inner, shift);
        out[to + 2 * next] = descale(mean - even - inner, shift);
        out[to + 3 * next] = descale(mean + even - outer, shift);
    }

    private static void eight(int[] in, int at, int step, int shift, int[] out, int to, int next) {
        int second = in[at + 2 * step];
        int sixth = in[at + 6 * step];
        int turned = (second + sixth) * 4433;
        int e2 = turned + sixth * -15137;
        int e3 = turned + second * 6270;
        int e0 = in[at] + in[at + 4 * step] << BITS;
        int e1 = in[at] - in[at + 4 * step] << BITS;
        int o0 = in[at + 7 * step];
        int o1 = in[at + 5 * step];
        int o2 = in[at + 3 * step];
        int o3 = in[at + step];
        int z5 = (o0 + o2 + o1 + o3) * 9633;
        int z1 = (o0 + o3) * -7373;
        int z2 = (o1 + o2) * -20995;
        int z3 = (o0 + o2) * -16069 + z5;
        int z4 = (o1 + o3) * -3196 + z5;
        o0 = o0 * 2446 + z1 + z3;
        o1 = o1 * 16819 + z2 + z4;
        o2 = o2 * 25172 + z2 + z3;
        o3 = o3 * 12299 + z1 + z4;
        out[to] = descale(e0 + e3 + o3, shift);
        out[to + 7 * next] = descale(e0 + e3 - o3, shift);
        out[to + next] = descale(e1 + e2 + o2, shift);
        out[to + 6 * next] = descale(e1 + e2 - o2, shift);
        out[to + 2 * next] = descale(e1 - e2 + o1, shift);
        out[to + 5 * next] = descale(e1 - e2 - o1, shift);
        out[to + 3 * next] = descale(e0 - e3 + o0, shift);
        out[to + 4 * next] = descale(e0 - e3 - o0, shift);
    }

    private static int descale(int value, int shift) {
        return value + (1 << shift - 1) >> shift;
    }
}
