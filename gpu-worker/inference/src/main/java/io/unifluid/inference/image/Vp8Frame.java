package io.unifluid.inference.image;

import java.io.IOException;
import java.util.Arrays;

/**
 * Decodes a VP8 key frame (RFC 6386), which is what a lossy WebP holds, to luminance and colour differences. Prediction
 * reads what is not filtered yet, so the whole frame is put together first and filtered afterwards.
 */
final class Vp8Frame {
    static final int DC = 0;
    static final int GRADIENT = 1;
    static final int VERTICAL = 2;
    static final int HORIZONTAL = 3;

    private static final int CONTEXTS = 3 * 11;
    private static final int BANDS = 8 * CONTEXTS;

    private final Vp8Header header;
    private final TimeLimit time;
    private final int columns;
    private final int rows;
    private final Vp8Plane luma;
    private final Vp8Plane blue;
    private final Vp8Plane red;

    /** Of the 4x4 blocks above: a block that is predicted as a whole counts as four of the same. */
    private final int[] modesAbove;

    private final int[] modesLeft = new int[4];

    /** Whether the blocks above have coefficients: four of luminance, two and two of colours, one of the averages. */
    private final byte[] filledAbove;

    private final byte[] filledLeft = new byte[9];
    private final short[] coefficients = new short[25 * 16];
    private final int[] edge = new int[13];

    /** Of each block: how strongly it is filtered, and in bit 7 whether inside too. */
    private final byte[] filters;

    private final int[] modes = new int[16];

    private Vp8Frame(Vp8Header header, TimeLimit time) {
        this.header = header;
        this.time = time;
        this.columns = Math.ceilDiv(header.width(), 16);
        this.rows = Math.ceilDiv(header.height(), 16);
        this.luma = new Vp8Plane(columns, rows, 16);
        this.blue = new Vp8Plane(columns, rows, 8);
        this.red = new Vp8Plane(columns, rows, 8);
        this.modesAbove = new int[4 * columns];
        this.filledAbove = new byte[9 * columns];
        this.filters = new byte[columns * rows];
    }

    /** Bytes that decoding takes at most. */
    static long memory(int width, int height) {
        return 2L * (width + 32) * (height + 32);
    }

    static Vp8Rows decode(Vp8Header header, TimeLimit time) throws IOException {
        return new Vp8Frame(header, time).decode();
    }

    private Vp8Rows decode() throws IOException {
        for (int row = 0; row < rows; row++) {
            time.check();
            Vp8Bits tokens = header.tokens()[row & header.tokens().length - 1];
            Arrays.fill(modesLeft, DC);
            Arrays.fill(filledLeft, (byte) 0);
            for (int column = 0; column < columns; column++) {
                block(column, row, tokens);
            }
            header.first().checkEnd();
            tokens.checkEnd();
        }
        new Vp8Filter(header, columns, rows, filters).run(luma, blue, red, time);
        return new Vp8Rows(header.width(), header.height(), luma, blue, red);
    }

    private void block(int column, int row, Vp8Bits tokens) {
        Vp8Bits bits = header.first();
        int segment = 0;
        if (header.segments() != null) {
            int[] tree = header.segments();
            segment = bits.bit(tree[0]) == 0 ? bits.bit(tree[1]) : 2 + bits.bit(tree[2]);
        }
        boolean skipped = header.skipped() >= 0 && bits.bit(header.skipped()) == 1;
        boolean inParts = bits.bit(145) == 0;
        int mode = DC;
        if (inParts) {
            smallModes(column, bits);
        } else {
            mode = bits.bit(156) == 1 ? bits.bit(128) == 1 ? GRADIENT : HORIZONTAL : bits.bit(163) == 1 ? VERTICAL : DC;
            Arrays.fill(modesAbove, 4 * column, 4 * column + 4, mode);
            Arrays.fill(modesLeft, mode);
        }
        int colours =
                bits.bit(142) == 0 ? DC : bits.bit(114) == 0 ? VERTICAL : bits.bit(183) == 1 ? GRADIENT : HORIZONTAL;
        boolean filled = false;
        if (skipped) {
            clearContexts(column, inParts);
        } else {
            Arrays.fill(coefficients, (short) 0);
            filled = coefficients(column, tokens, inParts, header.steps()[segment]);
        }
        int at = luma.at(16 * column, 16 * row);
        if (inParts) {
            smallBlocks(column, row, at, filled);
        } else {
            luma.predict(at, 16, mode, row > 0, column > 0);
            for (int i = 0; filled && i < 16; i++) {
                Vp8Transform.add(coefficients, 16 * i, luma, at + (i >> 2) * 4 * luma.stride + (i & 3) * 4);
            }
        }
        colours(blue, column, row, colours, filled ? 16 : -1);
        colours(red, column, row, colours, filled ? 20 : -1);
        int level = header.levels()[segment][inParts ? 1 : 0];
        filters[row * columns + column] = (byte) (level | (inParts || filled ? 0x80 : 0));
    }

    private void smallModes(int column, Vp8Bits bits) {
        for (int y = 0; y < 4; y++) {
            int left = modesLeft[y];
            for (int x = 0; x < 4; x++) {
                int above = modesAbove[4 * column + x];
                left = smallMode(bits, 9 * (10 * above + left));
                modes[4 * y + x] = left;
                modesAbove[4 * column + x] = left;
            }
            modesLeft[y] = left;
        }
    }

    private static int smallMode(Vp8Bits bits, int at) {
        byte[] p = Vp8Tables.MODES;
        if (bits.bit(p[at] & 255) == 0) {
            return 0;
        }
        if (bits.bit(p[at + 1] & 255) == 0) {
            return 1;
        }
        if (bits.bit(p[at + 2] & 255) == 0) {
            return 2;
        }
        if (bits.bit(p[at + 3] & 255) == 0) {
            if (bits.bit(p[at + 4] & 255) == 0) {
                return 3;
            }
            return bits.bit(p[at + 5] & 255) == 0 ? 5 : 6;
        }
        if (bits.bit(p[at + 6] & 255) == 0) {
            return 4;
        }
        if (bits.bit(p[at + 7] & 255) == 0) {
            return 7;
        }
        return bits.bit(p[at + 8] & 255) == 0 ? 8 : 9;
    }

    private void clearContexts(int column, boolean inParts) {
        // Of the averages only where there are some: blocks in parts leave them to the next.
        Arrays.fill(filledAbove, 9 * column, 9 * column + (inParts ? 8 : 9), (byte) 0);
        Arrays.fill(filledLeft, 0, inParts ? 8 : 9, (byte) 0);
    }

    /** @return whether any is not zero */
    private boolean coefficients(int column, Vp8Bits bits, boolean inParts, Vp8Header.Steps steps) {
        int above = 9 * column;
        boolean filled = false;
        int first = 0;
        int type = 3;
        if (!inParts) {
            int context = filledAbove[above + 8] + filledLeft[8];
            int count = read(bits, 1, context, 0, 24 * 16, steps.lumaDcDc(), steps.lumaDcAc());
            filledAbove[above + 8] = filledLeft[8] = (byte) (count > 0 ? 1 : 0);
            if (count > 0) {
                Vp8Transform.averages(coefficients, 24 * 16);
            }
            first = 1;
            type = 0;
        }
        for (int i = 0; i < 16; i++) {
            int x = i & 3;
            int y = i >> 2;
            int context = filledAbove[above + x] + filledLeft[y];
            int count = read(bits, type, context, first, 16 * i, steps.lumaDc(), steps.lumaAc());
            filledAbove[above + x] = filledLeft[y] = (byte) (count > first ? 1 : 0);
            filled |= count > first || coefficients[16 * i] != 0;
        }
        for (int i = 0; i < 8; i++) {
            int x = 4 + (i & 1) + (i >> 2) * 2;
            int y = 4 + (i >> 1 & 1) + (i >> 2) * 2;
            int context = filledAbove[above + x] + filledLeft[y];
            int count = read(bits, 2, context, 0, 16 * (16 + i), steps.chromaDc(), steps.chromaAc());
            filledAbove[above + x] = filledLeft[y] = (byte) (count > 0 ? 1 : 0);
            filled |= count > 0;
        }
        return filled;
    }

    /** @return the index behind the last coefficient that is not zero */
    private int read(Vp8Bits bits, int type, int context, int first, int to, int dc, int ac) {
        int[] p = header.coefficients();
        int n = first;
        int at = type * BANDS + Vp8Tables.BANDS[n] * CONTEXTS + context * 11;
        while (n < 16) {
            if (bits.bit(p[at]) == 0) {
                return n;
            }
            while (bits.bit(p[at + 1]) == 0) {
                n++;
                if (n == 16) {
                    return 16;
                }
                at = type * BANDS + Vp8Tables.BANDS[n] * CONTEXTS;
            }
            int next = type * BANDS + Vp8Tables.BANDS[n + 1] * CONTEXTS;
            int value = 1;
            if (bits.bit(p[at + 2]) == 0) {
                next += 11;
            } else {
                value = large(bits, p, at);
                next += 22;
            }
            int signed = bits.bit(128) == 1 ? -value : value;
            coefficients[to + Vp8Tables.ZIGZAG[n]] = (short) (signed * (n > 0 ? ac : dc));
            at = next;
            n++;
        }
        return 16;
    }

    private static int large(Vp8Bits bits, int[] p, int at) {
        if (bits.bit(p[at + 3]) == 0) {
            return bits.bit(p[at + 4]) == 0 ? 2 : 3 + bits.bit(p[at + 5]);
        }
        if (bits.bit(p[at + 6]) == 0) {
            if (bits.bit(p[at + 7]) == 0) {
                return 5 + bits.bit(159);
            }
            return 7 + 2 * bits.bit(165) + bits.bit(145);
        }
        int high = bits.bit(p[at + 8]);
        int kind = 2 * high + bits.bit(p[at + 9 + high]);
        int value = 0;
        for (int probability : Vp8Tables.EXTRA[kind]) {
            value = 2 * value + bits.bit(probability);
        }
        return 3 + (8 << kind) + value;
    }

    private void smallBlocks(int column, int row, int block, boolean filled) {
        for (int i = 0; i < 16; i++) {
            int x = i & 3;
            int at = block + (i >> 2) * 4 * luma.stride + x * 4;
            for (int j = 0; j < 4; j++) {
                edge[j] = luma.value(at + (3 - j) * luma.stride - 1);
                edge[5 + j] = luma.value(at - luma.stride + j);
            }
            edge[4] = luma.value(at - luma.stride - 1);
            for (int j = 0; j < 4; j++) {
                edge[9 + j] = rightAbove(column, row, block, at, x, j);
            }
            luma.predictSmall(at, modes[i], edge);
            if (filled) {
                Vp8Transform.add(coefficients, 16 * i, luma, at);
            }
        }
    }

    /** Of the last four of a row of 4x4 blocks: from above the whole block, also for the lower rows. */
    private int rightAbove(int column, int row, int block, int at, int x, int j) {
        if (x < 3) {
            return luma.value(at - luma.stride + 4 + j);
        }
        if (row == 0) {
            return 127;
        }
        int above = block - luma.stride + 15;
        return luma.value(column == columns - 1 ? above : above + 1 + j);
    }

    /** @param from the first of four sets of coefficients, or -1 where there are none */
    private void colours(Vp8Plane plane, int column, int row, int mode, int from) {
        int at = plane.at(8 * column, 8 * row);
        plane.predict(at, 8, mode, row > 0, column > 0);
        for (int i = 0; from >= 0 && i < 4; i++) {
            Vp8Transform.add(coefficients, 16 * (from + i), plane, at + (i >> 1) * 4 * plane.stride + (i & 1) * 4);
        }
    }
}
