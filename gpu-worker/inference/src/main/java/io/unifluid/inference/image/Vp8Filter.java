package io.unifluid.inference.image;

import java.io.IOException;

/** Smooths the edges between and inside the blocks of a VP8 frame (RFC 6386, 15). */
final class Vp8Filter {
    private final boolean simple;
    private final int sharpness;
    private final int columns;
    private final int rows;
    private final byte[] filters;

    /** @param filters of each block: its level, and in bit 7 whether it is filtered inside too */
    Vp8Filter(Vp8Header header, int columns, int rows, byte[] filters) {
        this.simple = header.simpleFilter();
        this.sharpness = header.sharpness();
        this.columns = columns;
        this.rows = rows;
        this.filters = filters;
    }

    /**
     * @param limit of the difference across an edge
     * @param inner limit of differences on either side
     * @param high from where on a difference counts as an edge of the picture itself
     */
    private record Strength(int limit, int inner, int high) {}

    void run(Vp8Plane luma, Vp8Plane blue, Vp8Plane red, TimeLimit time) throws IOException {
        for (int row = 0; row < rows; row++) {
            time.check();
            for (int column = 0; column < columns; column++) {
                int filter = filters[row * columns + column];
                int level = filter & 0x7F;
                if (level == 0) {
                    continue;
                }
                Strength strength = strength(level);
                boolean inside = filter < 0;
                block(luma, 16, column, row, strength, inside);
                if (!simple) {
                    block(blue, 8, column, row, strength, inside);
                    block(red, 8, column, row, strength, inside);
                }
            }
        }
    }

    private Strength strength(int level) {
        int inner = level;
        if (sharpness > 0) {
            inner = Math.min(inner >> (sharpness > 4 ? 2 : 1), 9 - sharpness);
        }
        inner = Math.max(inner, 1);
        return new Strength(2 * level + inner, inner, level >= 40 ? 2 : level >= 15 ? 1 : 0);
    }

    private void block(Vp8Plane plane, int side, int column, int row, Strength strength, boolean inside) {
        int at = plane.at(side * column, side * row);
        int stride = plane.stride;
        if (column > 0) {
            edge(plane.samples, at, 1, stride, side, strength, true);
        }
        for (int i = 4; inside && i < side; i += 4) {
            edge(plane.samples, at + i, 1, stride, side, strength, false);
        }
        if (row > 0) {
            edge(plane.samples, at, stride, 1, side, strength, true);
        }
        for (int i = 4; inside && i < side; i += 4) {
            edge(plane.samples, at + i * stride, stride, 1, side, strength, false);
        }
    }

    /**
     * @param at the first sample behind the edge
     * @param across the distance of samples across the edge
     * @param along the distance of samples along it
     * @param outer whether it lies between blocks
     */
    private void edge(byte[] s, int at, int across, int along, int length, Strength strength, boolean outer) {
        int limit = 2 * (strength.limit() + (outer ? 4 : 0)) + 1;
        for (int i = 0; i < length; i++, at += along) {
            int p1 = s[at - 2 * across] & 255;
            int p0 = s[at - across] & 255;
            int q0 = s[at] & 255;
            int q1 = s[at + across] & 255;
            if (4 * Math.abs(p0 - q0) + Math.abs(p1 - q1) > limit) {
                continue;
            }
            if (simple) {
                two(s, at, across, p1, p0, q0, q1);
                continue;
            }
            int p3 = s[at - 4 * across] & 255;
            int p2 = s[at - 3 * across] & 255;
            int q2 = s[at + 2 * across] & 255;
            int q3 = s[at + 3 * across] & 255;
            int inner = strength.inner();
            boolean smooth = Math.abs(p3 - p2) <= inner
                    && Math.abs(p2 - p1) <= inner
                    && Math.abs(p1 - p0) <= inner
                    && Math.abs(q3 - q2) <= inner
                    && Math.abs(q2 - q1) <= inner
                    && Math.abs(q1 - q0) <= inner;
            if (!smooth) {
                continue;
            }
            if (Math.abs(p1 - p0) > strength.high() || Math.abs(q1 - q0) > strength.high()) {
                two(s, at, across, p1, p0, q0, q1);
            } else if (outer) {
                six(s, at, across, p2, p1, p0, q0, q1, q2);
            } else {
                four(s, at, across, p1, p0, q0, q1);
            }
        }
    }

    private static void two(byte[] s, int at, int across, int p1, int p0, int q0, int q1) {
        int a = 3 * (q0 - p0) + Math.clamp(p1 - q1, -128, 127);
        s[at - across] = Vp8Plane.clip(p0 + part(a + 3));
        s[at] = Vp8Plane.clip(q0 - part(a + 4));
    }

    private static void four(byte[] s, int at, int across, int p1, int p0, int q0, int q1) {
        int a = 3 * (q0 - p0);
        int a1 = part(a + 4);
        int a2 = part(a + 3);
        int a3 = a1 + 1 >> 1;
        s[at - 2 * across] = Vp8Plane.clip(p1 + a3);
        s[at - across] = Vp8Plane.clip(p0 + a2);
        s[at] = Vp8Plane.clip(q0 - a1);
        s[at + across] = Vp8Plane.clip(q1 - a3);
    }

    private static void six(byte[] s, int at, int across, int p2, int p1, int p0, int q0, int q1, int q2) {
        int a = Math.clamp(3 * (q0 - p0) + Math.clamp(p1 - q1, -128, 127), -128, 127);
        int a1 = 27 * a + 63 >> 7;
        int a2 = 18 * a + 63 >> 7;
        int a3 = 9 * a + 63 >> 7;
        s[at - 3 * across] = Vp8Plane.clip(p2 + a3);
        s[at - 2 * across] = Vp8Plane.clip(p1 + a2);
        s[at - across] = Vp8Plane.clip(p0 + a1);
        s[at] = Vp8Plane.clip(q0 - a1);
        s[at + across] = Vp8Plane.clip(q1 - a2);
        s[at + 2 * across] = Vp8Plane.clip(q2 - a3);
    }

    private static int part(int value) {
        return Math.clamp(value >> 3, -16, 15);
    }
}
