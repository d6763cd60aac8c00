package io.unifluid.inference.image;

import java.io.IOException;

/** Takes back what was done to the pixels of a lossless WebP before they were packed (RFC 9649, 4). */
final class Vp8lTransforms {
    private static final int OPAQUE = 0xFF000000;

    private Vp8lTransforms() {}

    static void predict(int[] pixels, int width, int height, int bits, int[] modes, TimeLimit time) throws IOException {
        int across = width + (1 << bits) - 1 >> bits;
        for (int y = 0; y < height; y++) {
            time.check();
            int row = y * width;
            for (int x = 0; x < width; x++) {
                int at = row + x;
                int predicted;
                if (y == 0) {
                    predicted = x == 0 ? OPAQUE : pixels[at - 1];
                } else if (x == 0) {
                    predicted = pixels[at - width];
                } else {
                    int mode = modes[(y >> bits) * across + (x >> bits)] >> 8 & 15;
                    predicted = predicted(mode, pixels, at, width);
                }
                pixels[at] = sum(pixels[at], predicted);
            }
        }
    }

    private static int predicted(int mode, int[] p, int at, int width) {
        int left = p[at - 1];
        int up = p[at - width];
        int upLeft = p[at - width - 1];
        int upRight = p[at - width + 1];
        return switch (mode) {
            case 1 -> left;
            case 2 -> up;
            case 3 -> upRight;
            case 4 -> upLeft;
            case 5 -> mean(mean(left, upRight), up);
            case 6 -> mean(left, upLeft);
            case 7 -> mean(left, up);
            case 8 -> mean(upLeft, up);
            case 9 -> mean(up, upRight);
            case 10 -> mean(mean(left, upLeft), mean(up, upRight));
            case 11 -> nearer(left, up, upLeft);
            case 12 -> gradient(left, up, upLeft);
            case 13 -> halfGradient(mean(left, up), upLeft);
            default -> OPAQUE;
        };
    }

    /** Of each of the four parts. */
    static int sum(int a, int b) {
        return (a & 0xFF00FF00) + (b & 0xFF00FF00) & 0xFF00FF00 | (a & 0x00FF00FF) + (b & 0x00FF00FF) & 0x00FF00FF;
    }

    private static int mean(int a, int b) {
        return (((a ^ b) & 0xFEFEFEFE) >>> 1) + (a & b);
    }

    private static int nearer(int left, int up, int upLeft) {
        int difference = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            int corner = upLeft >> shift & 255;
            difference += Math.abs((left >> shift & 255) - corner) - Math.abs((up >> shift & 255) - corner);
        }
        return difference <= 0 ? up : left;
    }

    private static int gradient(int left, int up, int upLeft) {
        int result = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            int value = (left >> shift & 255) + (up >> shift & 255) - (upLeft >> shift & 255);
            result |= Math.clamp(value, 0, 255) << shift;
        }
        return result;
    }

    private static int halfGradient(int mean, int upLeft) {
        int result = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            int value = mean >> shift & 255;
            result |= Math.clamp(value + (value - (upLeft >> shift & 255)) / 2, 0, 255) << shift;
        }
        return result;
    }

    static void colours(int[] pixels, int width, int height, int bits, int[] factors, TimeLimit time)
            throws IOException {
        int across = width + (1 << bits) - 1 >> bits;
        for (int y = 0; y < height; y++) {
            time.check();
            for (int x = 0; x < width; x++) {
                int at = y * width + x;
                int factor = factors[(y >> bits) * across + (x >> bits)];
                int pixel = pixels[at];
                int green = (byte) (pixel >> 8);
                int red = (pixel >> 16) + part(factor, green) & 255;
                int blue = pixel + part(factor >> 8, green) + part(factor >> 16, (byte) red) & 255;
                pixels[at] = pixel & 0xFF00FF00 | red << 16 | blue;
            }
        }
    }

    private static int part(int factor, int colour) {
        return (byte) factor * colour >> 5;
    }

    static void green(int[] pixels, int width, int height, TimeLimit time) throws IOException {
        for (int y = 0; y < height; y++) {
            time.check();
            for (int at = y * width; at < (y + 1) * width; at++) {
                int green = pixels[at] >> 8 & 255;
                pixels[at] = sum(pixels[at], green << 16 | green);
            }
        }
    }

    /** Spreads rows of packed indices, from the last on, since they take fewer pixels than they become. */
    static void indices(int[] pixels, int width, int height, int bits, int[] colours, TimeLimit time)
            throws IOException {
        int packedWidth = width + (1 << bits) - 1 >> bits;
        int depth = 8 >> bits;
        int mask = (1 << depth) - 1;
        int perPixel = (1 << bits) - 1;
        for (int y = height - 1; y >= 0; y--) {
            time.check();
            for (int x = width - 1; x >= 0; x--) {
                int packed = pixels[y * packedWidth + (x >> bits)] >> 8 & 255;
                pixels[y * width + x] = colours[packed >> (x & perPixel) * depth & mask];
            }
        }
    }
}
