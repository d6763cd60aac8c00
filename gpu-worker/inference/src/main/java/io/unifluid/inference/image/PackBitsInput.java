package io.unifluid.inference.image;

import java.io.InputStream;
import java.util.Arrays;

/** Unpacks PackBits: a count, then so many bytes, or one byte so many times. */
final class PackBitsInput extends InputStream {
    private final byte[] packed;
    private final int end;
    private int at;
    private int left;
    private boolean repeating;

    PackBitsInput(Span packed) {
        this.packed = packed.bytes();
        this.at = packed.from();
        this.end = packed.to();
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int count) {
        int done = 0;
        while (done < count && (left > 0 || next())) {
            int taken = Math.min(left, count - done);
            if (repeating) {
                Arrays.fill(target, offset + done, offset + done + taken, packed[at]);
            } else {
                System.arraycopy(packed, at, target, offset + done, taken);
                at += taken;
            }
            left -= taken;
            done += taken;
            if (left == 0 && repeating) {
                at++;
            }
        }
        return done == 0 && count > 0 ? -1 : done;
    }

    private boolean next() {
        while (at < end) {
            int count = packed[at++];
            if (count == -128) {
                continue;
            }
            repeating = count < 0;
            left = repeating ? 1 - count : Math.min(count + 1, end - at);
            return at < end && left > 0;
        }
        return false;
    }
}
