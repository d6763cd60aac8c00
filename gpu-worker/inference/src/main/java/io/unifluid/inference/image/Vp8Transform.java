package io.unifluid.inference.image;

/** The inverse transforms of VP8 (RFC 6386, 14), exact to the bit. */
final class Vp8Transform {
    private Vp8Transform() {}

    /** Puts the averages of the sixteen luminance blocks, transformed, to the first coefficient of each. */
    static void averages(short[] coefficients, int from) {
        int[] middle = new int[16];
        for (int i = 0; i < 4; i++) {
            int a0 = coefficients[from + i] + coefficients[from + 12 + i];
            int a1 = coefficients[from + 4 + i] + coefficients[from + 8 + i];
            int a2 = coefficients[from + 4 + i] - coefficients[from + 8 + i];
            int a3 = coefficients[from + i] - coefficients[from + 12 + i];
            middle[i] = a0 + a1;
            middle[8 + i] = a0 - a1;
            middle[4 + i] = a3 + a2;
            middle[12 + i] = a3 - a2;
        }
        for (int i = 0; i < 4; i++) {
            int dc = middle[4 * i] + 3;
            int a0 = dc + middle[4 * i + 3];
            int a1 = middle[4 * i + 1] + middle[4 * i + 2];
            int a2 = middle[4 * i + 1] - middle[4 * i + 2];
            int a3 = dc - middle[4 * i + 3];
            coefficients[64 * i] = (short) (a0 + a1 >> 3);
            coefficients[64 * i + 16] = (short) (a3 + a2 >> 3);
            coefficients[64 * i + 32] = (short) (a0 - a1 >> 3);
            coefficients[64 * i + 48] = (short) (a3 - a2 >> 3);
        }
    }

    /** Adds a transformed block of 4x4 to what was predicted. */
    static void add(short[] in, int from, Vp8Plane plane, int at) {
        boolean alone = true;
        for (int i = from + 1; i < from + 16; i++) {
            if (in[i] != 0) {
                alone = false;
                break;
            }
        }
        if (alone) {
            if (in[from] != 0) {
                addAverage(in[from] + 4 >> 3, plane, at);
            }
            return;
        }
        int[] middle = new int[16];
        for (int i = 0; i < 4; i++) {
            int a = in[from + i] + in[from + 8 + i];
            int b = in[from + i] - in[from + 8 + i];
            int c = less(in[from + 4 + i]) - more(in[from + 12 + i]);
            int d = more(in[from + 4 + i]) + less(in[from + 12 + i]);
            middle[4 * i] = a + d;
            middle[4 * i + 1] = b + c;
            middle[4 * i + 2] = b - c;
            middle[4 * i + 3] = a - d;
        }
        for (int i = 0, row = at; i < 4; i++, row += plane.stride) {
            int dc = middle[i] + 4;
            int a = dc + middle[8 + i];
            int b = dc - middle[8 + i];
            int c = less(middle[4 + i]) - more(middle[12 + i]);
            int d = more(middle[4 + i]) + less(middle[12 + i]);
            add(plane, row, a + d);
            add(plane, row + 1, b + c);
            add(plane, row + 2, b - c);
            add(plane, row + 3, a - d);
        }
    }

    private static void addAverage(int value, Vp8Plane plane, int at) {
        for (int y = 0, row = at; y < 4; y++, row += plane.stride) {
            for (int x = 0; x < 4; x++) {
                plane.samples[row + x] = Vp8Plane.clip(plane.value(row + x) + value);
            }
        }
    }

    private static void add(Vp8Plane plane, int at, int value) {
        plane.samples[at] = Vp8Plane.clip(plane.value(at) + (value >> 3));
    }

    /** Times sqrt(2) cos(pi / 8). */
    private static int more(int value) {
        return (value * 20091 >> 16) + value;
    }

    /** Times sqrt(2) sin(pi / 8). */
    private static int less(int value) {
        return value * 35468 >> 16;
    }
}
