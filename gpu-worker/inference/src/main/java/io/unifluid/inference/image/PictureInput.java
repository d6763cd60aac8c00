package io.unifluid.inference.image;

import java.util.List;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * What a reader of ImageIO gets to see of a file: the parts that hold the picture, one after the other, and nothing
 * else. Reading fails when the picture's time is over, which ends the readers, the native one for JPEG too. A read
 * never goes beyond a part, so that a reader which does much with few bytes still comes back often.
 */
final class PictureInput extends ImageInputStreamImpl {
    private static final int BYTES_BETWEEN_CHECKS = 1024;

    private final List<Span> parts;
    private final long[] starts;
    private final TimeLimit time;
    private final long length;
    private int part;
    private int unchecked;

    PictureInput(List<Span> parts, TimeLimit time) {
        this.parts = parts.stream().filter(p -> p.length() > 0).toList();
        this.starts = new long[this.parts.size()];
        this.time = time;
        long at = 0;
        for (int i = 0; i < starts.length; i++) {
            starts[i] = at;
            at += this.parts.get(i).length();
        }
        this.length = at;
    }

    @Override
    public int read() throws java.io.IOException {
        bitOffset = 0;
        if (++unchecked >= BYTES_BETWEEN_CHECKS) {
            unchecked = 0;
            time.check();
        }
        if (streamPos >= length) {
            return -1;
        }
        Span here = here();
        return here.bytes()[here.from() + (int) (streamPos++ - starts[part])] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws java.io.IOException {
        bitOffset = 0;
        time.check();
        if (count == 0) {
            return 0;
        }
        if (streamPos >= length) {
            return -1;
        }
        Span here = here();
        int from = here.from() + (int) (streamPos - starts[part]);
        int taken = Math.min(count, here.to() - from);
        System.arraycopy(here.bytes(), from, target, offset, taken);
        streamPos += taken;
        return taken;
    }

    /** The part that the position lies in. */
    private Span here() {
        while (streamPos < starts[part]) {
            part--;
        }
        while (part + 1 < starts.length && streamPos >= starts[part + 1]) {
            part++;
        }
        return parts.get(part);
    }

    @Override
    public long length() {
        return length;
    }
}
