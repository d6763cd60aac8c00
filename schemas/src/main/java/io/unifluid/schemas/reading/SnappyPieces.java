package io.unifluid.schemas.reading;

import java.nio.ByteBuffer;

/**
 * How much the largest piece of a Snappy stream unpacks to, as its own length says: the codec allocates that before it
 * looks at the piece.
 */
final class SnappyPieces {
    private static final byte[] MAGIC = {(byte) 0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0};
    private static final int MAGIC_HEAD = ByteBuffer.wrap(MAGIC).getInt();
    private static final int HEADER = 16;

    /** Bytes; what is no such stream counts as far as it can be read. */
    static long largest(ByteBuffer packed) {
        var in = packed.duplicate();
        if (!framed(in)) {
            return length(in);
        }
        in.position(in.position() + HEADER);
        long largest = 0;
        while (in.remaining() > Integer.BYTES) {
            int size = in.getInt();
            if (size == MAGIC_HEAD) {
                if (in.remaining() < HEADER - Integer.BYTES) {
                    break;
                }
                in.position(in.position() + HEADER - Integer.BYTES);
            } else if (size < 0 || size > in.remaining()) {
                // The codec allocates what the piece claims to take.
                return Math.max(largest, Integer.toUnsignedLong(size));
            } else {
                largest = Math.max(largest, length(in.slice(in.position(), size)));
                in.position(in.position() + size);
            }
        }
        return largest;
    }

    private static boolean framed(ByteBuffer in) {
        return in.remaining() >= HEADER && in.slice(in.position(), MAGIC.length).equals(ByteBuffer.wrap(MAGIC));
    }

    /** The number of seven bits a byte that a raw piece begins with. */
    private static long length(ByteBuffer piece) {
        var in = piece.duplicate();
        long length = 0;
        for (int shift = 0; in.hasRemaining() && shift < Integer.SIZE; shift += 7) {
            int next = in.get();
            length |= (next & 0x7fL) << shift;
            if (next >= 0) {
                break;
            }
        }
        return length;
    }

    private SnappyPieces() {}
}
