package io.unifluid.inference.image;

import java.io.EOFException;

/** The boolean decoder of VP8 (RFC 6386, 7): bits of given probabilities out of a part of a file. */
final class Vp8Bits {
    private final byte[] bytes;
    private final int end;
    private int at;
    private long value;
    private int range = 254;
    private int bits = -8;
    private int beyond;

    Vp8Bits(Span part) {
        this.bytes = part.bytes();
        this.at = part.from();
        this.end = part.to();
        load();
    }

    private void load() {
        if (end - at >= 4) {
            value = value << 32
                    | (bytes[at] & 0xFFL) << 24
                    | (bytes[at + 1] & 0xFF) << 16
                    | (bytes[at + 2] & 0xFF) << 8
                    | bytes[at + 3] & 0xFF;
            at += 4;
            bits += 32;
            return;
        }
        value <<= 8;
        bits += 8;
        if (at < end) {
            value |= bytes[at++] & 0xFF;
        } else {
            beyond++;
        }
    }

    /** @throws EOFException if more was read than is there */
    void checkEnd() throws EOFException {
        if (beyond > 2) {
            throw new EOFException("the data of a WebP ends too early");
        }
    }

    /** @param probability of a zero, of 256 */
    int bit(int probability) {
        if (bits < 0) {
            load();
        }
        int split = range * probability >> 8;
        int seen = (int) (value >> bits);
        int next;
        int bit;
        if (seen > split) {
            next = range - split;
            value -= (long) (split + 1) << bits;
            bit = 1;
        } else {
            next = split + 1;
            bit = 0;
        }
        int shift = Integer.numberOfLeadingZeros(next) - 24;
        bits -= shift;
        range = (next << shift) - 1;
        return bit;
    }

    boolean flag() {
        return bit(128) == 1;
    }

    int number(int length) {
        int number = 0;
        for (int i = 0; i < length; i++) {
            number = number << 1 | bit(128);
        }
        return number;
    }

    /** A number with a sign behind it. */
    int signed(int length) {
        int number = number(length);
        return flag() ? -number : number;
    }

    /** A flag, and a signed number where it is set. */
    int optional(int length) {
        return flag() ? signed(length) : 0;
    }
}
