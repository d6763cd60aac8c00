package io.unifluid.inference.image;

import java.io.IOException;
import java.io.InputStream;

/** Unpacks LZW as TIFF has it: codes from the highest bit on, one bit longer one code before they need it. */
final class LzwInput extends InputStream {
    private static final int CLEAR = 256;
    private static final int END = 257;
    private static final int MOST = 4096;

    private final byte[] packed;
    private final int end;
    private final short[] prefix = new short[MOST];
    private final byte[] last = new byte[MOST];
    private final byte[] first = new byte[MOST];
    private final byte[] string = new byte[MOST];
    private int at;
    private int bits;
    private int held;
    private int width = 9;
    private int next = END + 1;
    private int before = -1;
    private int left;

    LzwInput(Span packed) throws BadImageException {
        this.packed = packed.bytes();
        this.at = packed.from();
        this.end = packed.to();
        if (packed.length() > 1 && this.packed[at] == 0 && (this.packed[at + 1] & 1) == 1) {
            throw Refusal.unread(
                    ImageFormat.TIFF, "uses LZW as it was before TIFF 6", "save it again with LZW or Deflate");
        }
        for (int i = 0; i < CLEAR; i++) {
            last[i] = (byte) i;
            first[i] = (byte) i;
        }
    }

    @Override
    public int read() throws IOException {
        return left > 0 || fill() ? string[MOST - left--] & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        int done = 0;
        while (done < count && (left > 0 || fill())) {
            int taken = Math.min(left, count - done);
            System.arraycopy(string, MOST - left, target, offset + done, taken);
            left -= taken;
            done += taken;
        }
        return done == 0 && count > 0 ? -1 : done;
    }

    /** Puts the string of the next code at the end of {@code string}. */
    private boolean fill() throws IOException {
        int code = code();
        while (code == CLEAR) {
            width = 9;
            next = END + 1;
            before = -1;
            code = code();
        }
        if (code == END) {
            return false;
        }
        if (code > next || (code == next && before < 0) || (before < 0 && code > END)) {
            throw new IOException("a code of LZW has no meaning");
        }
        boolean unknown = code == next;
        int known = unknown ? before : code;
        if (unknown) {
            string[MOST - 1] = first[before];
            left = 1;
        } else {
            left = 0;
        }
        byte head = first[known];
        while (known >= CLEAR) {
            string[MOST - ++left] = last[known];
            known = prefix[known];
        }
        string[MOST - ++left] = last[known];
        if (before >= 0 && next < MOST) {
            prefix[next] = (short) before;
            last[next] = head;
            first[next] = first[before];
            next++;
            if (next == (1 << width) - 1 && width < 12) {
                width++;
            }
        }
        before = code;
        return true;
    }

    private int code() {
        while (held < width) {
            if (at >= end) {
                return END;
            }
            bits = bits << 8 | packed[at++] & 0xFF;
            held += 8;
        }
        held -= width;
        return bits >>> held & (1 << width) - 1;
    }
}
