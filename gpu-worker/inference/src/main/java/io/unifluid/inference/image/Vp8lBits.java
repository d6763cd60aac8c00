package io.unifluid.inference.image;

import java.io.EOFException;

/** Bits of a lossless WebP, from the lowest of each byte on. */
final class Vp8lBits {
    private final byte[] bytes;
    private final int end;
    private int at;
    private long value;
    private int held;

    Vp8lBits(Span part) {
        this.bytes = part.bytes();
        this.at = part.from();
        this.end = part.to();
    }

    /** Makes sure of so many bits, 32 at most; behind the end they are zeros. */
    private void fill(int count) {
        while (held < count) {
            if (at < end) {
                value |= (bytes[at] & 0xFFL) << held;
            }
            at++;
            held += 8;
        }
    }

    /** @throws EOFException if more was read than is there */
    void checkEnd() throws EOFException {
        if (at - (held >> 3) > end) {
            throw new EOFException("the data of a WebP ends too early");
        }
    }

    int read(int count) {
        fill(count);
        int bits = (int) (value & (1L << count) - 1);
        value >>>= count;
        held -= count;
        return bits;
    }

    boolean flag() {
        return read(1) == 1;
    }

    /** The next bits, 15 at most, without taking them. */
    int peek(int count) {
        fill(count);
        return (int) value & (1 << count) - 1;
    }

    void skip(int count) {
        value >>>= count;
        held -= count;
    }
}
