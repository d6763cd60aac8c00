package io.unifluid.inference.image;

import java.io.EOFException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Coefficients out of the data of a scan of a sequential JPEG (ITU T.81, F.2.2). */
final class JpegBits {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHEST = 0x8080808080808080L;
    private static final int FIRST_RESTART = 0xD0;

    /** A symbol and its value are never longer. */
    private static final int ENOUGH = 32;

    /** Where in a block of rows the coefficients lie that come in zigzag, and a damaged file's beyond the last one. */
    static final byte[] ORDER = {
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14,
        21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60,
        61, 54, 47, 55, 62, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63
    };

    private final byte[] bytes;
    private final int end;
    private int at;

    /** The next bits, from the highest on. */
    private long buffer;

    /** So many of them. */
    private int bits;

    /** Of these the last ones, which the data does not have. */
    private int beyond;

    JpegBits(Span data) {
        this.bytes = data.bytes();
        this.at = data.from();
        this.end = data.to();
    }

    /** @return the difference that a block's mean has to the one before */
    int difference(JpegCode code) throws EOFException {
        int number = next(code);
        int value = value(number);
        take(number);
        return value;
    }

    /**
     * Reads a block's coefficients but the first.
     *
     * @param steps of the quantizer, as long as {@link #ORDER}
     * @param block 64 zeros, in rows: gets those that are not zero, times their steps
     * @return a bit for each place in the block that was written to
     */
    long coefficients(JpegCode code, int[] steps, int[] block) throws EOFException {
        long places = 0;
        for (int k = 1; k < 64; k++) {
            int number = next(code);
            k += zeros(number);
            if (size(number) > 0) {
                int place = ORDER[k];
                block[place] = value(number) * steps[k];
                places |= 1L << place;
            }
            take(number);
            if (endsBlock(number)) {
                break;
            }
        }
        mustBeThere();
        return places;
    }

    /** Passes over a block's coefficients but the first. */
    void pass(JpegCode code) throws EOFException {
        for (int k = 1; k < 64; k++) {
            int number = next(code);
            k += zeros(number);
            take(number);
            if (endsBlock(number)) {
                break;
            }
        }
        mustBeThere();
    }

    /** The next symbol, as {@link JpegCode} tells it, which stays until it is taken. */
    private int next(JpegCode code) throws EOFException {
        if (bits < ENOUGH) {
            fill();
        }
        int number = code.next(buffer);
        if (number == 0) {
            throw lost();
        }
        return number;
    }

    private void take(int number) {
        buffer <<= number; // By its lowest six bits, which say how many it took.
        bits -= number & 63;
    }

    private void mustBeThere() throws EOFException {
        if (bits < beyond) {
            throw lost();
        }
    }

    private static int zeros(int number) {
        return number >> 10;
    }

    private static int size(int number) {
        return number >> 6 & 15;
    }

    /** Whether only zeros follow: no value, and fewer zeros than one symbol may say. */
    private static boolean endsBlock(int number) {
        return size(number) == 0 && zeros(number) < 15;
    }

    /** The value behind the next symbol, which is this one. */
    private int value(int number) {
        int size = size(number);
        return size == 0 ? 0 : JpegCode.value((int) (buffer << (number & 63) - size >>> Long.SIZE - size), size);
    }

    /** Whether none of eight bytes is 0xFF. */
    private static boolean plain(long eight) {
        return (~eight - ONES & eight & HIGHEST) == 0;
    }

    /** @return the next place of a byte 0xFF, or one before it with none in between; the end where there is none */
    static int nextMark(byte[] bytes, int from) {
        int at = from;
        while (bytes.length - at >= 8 && plain((long) LONG.get(bytes, at))) {
            at += 8;
        }
        return at;
    }

    /** To 56 bits at the least. */
    private void fill() {
        if (end - at >= 8) {
            long eight = (long) LONG.get(bytes, at);
            if (plain(eight)) {
                buffer |= eight >>> bits;
                int taken = 63 - bits >> 3;
                at += taken;
                bits += 8 * taken;
                return;
            }
        }
        while (bits <= 56) {
            int next = at < end ? bytes[at] & 0xFF : -1;
            int length = 1;
            if (next == 0xFF) {
                while (at + length < end && bytes[at + length] == (byte) 0xFF) {
                    length++;
                }
                if (at + length < end && bytes[at + length] == 0) {
                    length++;
                } else {
                    next = -1; // A marker, which stays.
                }
            }
            if (next < 0) {
                beyond += 8;
            } else {
                at += length;
                buffer |= (long) next << 56 - bits;
            }
            bits += 8;
        }
    }

    /**
     * Goes on behind the next restart mark.
     *
     * @param number 0 to 7, which it must have
     */
    void restart(int number) throws EOFException {
        buffer = 0;
        bits = 0;
        beyond = 0;
        int marker = 0;
        while (marker == 0) { // Other data before it does not matter.
            while (at < end && bytes[at] != (byte) 0xFF) {
                at++;
            }
            while (at < end && bytes[at] == (byte) 0xFF) {
                at++;
            }
            if (at >= end) {
                throw lost();
            }
            marker = bytes[at++] & 0xFF;
        }
        if (marker != FIRST_RESTART + number) {
            throw lost();
        }
    }

    private static EOFException lost() {
        return new EOFException("the data of a JPEG ends too early or is no code");
    }
}
