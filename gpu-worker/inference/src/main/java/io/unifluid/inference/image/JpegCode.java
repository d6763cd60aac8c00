package io.unifluid.inference.image;

import java.util.Arrays;

/**
 * A Huffman code of a JPEG (ITU T.81, C), checked. Tells from the next 64 bits of the data what the next symbol is, as a
 * number of these parts: in 6 bits how many bits the symbol and the value behind it take; in 4 the value's size in bits;
 * in 4 how many zeros come before it.
 */
final class JpegCode {
    private static final int LONGEST = 16;

    /** Bits that are looked up at once: longer codes are rare. */
    private static final int LOOKED_UP = 10;

    private final int[] counts;
    private final int[] symbols;
    private final short[] quick = new short[1 << LOOKED_UP];

    /** For each length the first code of it, and the place of its symbol. */
    private final int[] firsts = new int[LONGEST + 1];

    private final int[] places = new int[LONGEST + 1];

    private JpegCode(int[] counts, int[] symbols) {
        this.counts = counts;
        this.symbols = symbols;
        int code = 0;
        int place = 0;
        for (int length = 1; length <= LONGEST; length++) {
            firsts[length] = code;
            places[length] = place;
            for (int i = 0; i < counts[length]; i++, place++, code++) {
                if (length <= LOOKED_UP) {
                    int from = code << LOOKED_UP - length;
                    int to = code + 1 << LOOKED_UP - length;
                    for (int bits = from; bits < to; bits++) {
                        quick[bits] = (short) number(length, symbols[place]);
                    }
                }
            }
            code <<= 1;
        }
    }

    /** @return how many symbols a code has whose counts begin there; -1 where there is no such code */
    static int symbols(byte[] bytes, int at) {
        int code = 0;
        int symbols = 0;
        for (int length = 1; length <= LONGEST; length++) {
            int count = bytes[at + length - 1] & 0xFF;
            code += count;
            symbols += count;
            if (symbols > 256 || count > 0 && code >= 1 << length) {
                return -1; // No code is all ones.
            }
            code <<= 1;
        }
        return symbols;
    }

    /** @param code counts that {@link #symbols} took, and the symbols behind them */
    static JpegCode of(Span code) {
        byte[] bytes = code.bytes();
        int at = code.from();
        int[] counts = new int[LONGEST + 1];
        for (int length = 1; length <= LONGEST; length++) {
            counts[length] = bytes[at + length - 1] & 0xFF;
        }
        int[] symbols = new int[Arrays.stream(counts).sum()];
        for (int i = 0; i < symbols.length; i++) {
            symbols[i] = bytes[at + LONGEST + i] & 0xFF;
        }
        return new JpegCode(counts, symbols);
    }

    private static int number(int length, int symbol) {
        int size = symbol & 15;
        return symbol >> 4 << 10 | size << 6 | length + size;
    }

    /** What {@code size} bits stand for (F.2.2.1): those that begin with a zero are negative. */
    static int value(int bits, int size) {
        return bits + ((bits >> size - 1) - 1 & 1 - (1 << size));
    }

    /** @return 0 where the bits are no code */
    int next(long bits) {
        int number = quick[(int) (bits >>> Long.SIZE - LOOKED_UP)];
        return number == 0 ? longer(bits) : number;
    }

    private int longer(long bits) {
        for (int length = LOOKED_UP + 1; length <= LONGEST; length++) {
            int code = (int) (bits >>> Long.SIZE - length) - firsts[length];
            if (code < counts[length]) {
                return code < 0 ? 0 : number(length, symbols[places[length] + code]);
            }
        }
        return 0;
    }
}
