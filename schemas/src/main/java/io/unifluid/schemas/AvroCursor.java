package io.unifluid.schemas;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads Avro's binary form from bytes that somebody else wrote. Never allocates more than the bytes can fill: lengths are
 * compared with what is left, elements of arrays and maps are counted, and nesting is bounded. Not thread-safe.
 *
 * <p>Everything throws {@link UndecodableRecordException} for bytes that are not so.
 */
final class AvroCursor {
    /** A schema of ours is flat; only fields that are skipped could be deeper. */
    private static final int DEEPEST = 100;

    private static final char REPLACEMENT = '\uFFFD';

    private final byte[] bytes;
    private final int mostElements;
    private int at;
    private long elements;
    private int depth;

    /** @param mostElements of all arrays and maps together */
    AvroCursor(byte[] bytes, int from, int mostElements) {
        this.bytes = bytes;
        this.at = from;
        this.mostElements = mostElements;
    }

    /** To be called when all is read. */
    void end() {
        if (at < bytes.length) {
            throw new UndecodableRecordException("The record has " + (bytes.length - at)
                    + " bytes more than the schema that it names says: name the schema that it was written with.");
        }
    }

    boolean readBoolean() {
        return switch (next()) {
            case 0 -> false;
            case 1 -> true;
            default -> throw senseless("a truth value that is neither 0 nor 1");
        };
    }

    int readInt() {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            int next = next();
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                return value >>> 1 ^ -(value & 1);
            }
        }
        throw senseless("a number of more than 32 bits");
    }

    long readLong() {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            int next = next();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value >>> 1 ^ -(value & 1);
            }
        }
        throw senseless("a number of more than 64 bits");
    }

    float readFloat() {
        return little(Float.BYTES).getFloat();
    }

    double readDouble() {
        return little(Double.BYTES).getDouble();
    }

    String readString() {
        int length = readLength();
        var text = new String(bytes, at, length, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) >= 0
                && !Arrays.equals(text.getBytes(StandardCharsets.UTF_8), 0, length, bytes, at, at + length)) {
            throw senseless("text that is not UTF-8");
        }
        at += length;
        return text;
    }

    ByteBuffer readBytes() {
        int length = readLength();
        at += length;
        return ByteBuffer.wrap(Arrays.copyOfRange(bytes, at - length, at));
    }

    /** Which of so many branches or symbols. */
    int readIndex(int count) {
        int index = readInt();
        if (index < 0 || index >= count) {
            throw senseless("the choice " + index + " of " + count);
        }
        return index;
    }

    /** How many elements the next block of an array or map has; 0 after the last one. */
    int readBlock() {
        long count = readLong();
        if (count < 0) {
            readLength(); // Of the block in bytes, for those who skip it.
            count = -count;
        }
        elements += count;
        if (count < 0 || elements > mostElements) {
            throw new UndecodableRecordException(
                    "The record has arrays and maps of more than " + mostElements + " elements: send less at once.");
        }
        return (int) count;
    }

    void skip(int length) {
        if (length > bytes.length - at) {
            throw endsEarly();
        }
        at += length;
    }

    void skipLength() {
        skip(readLength());
    }

    /** Goes one level deeper; {@link #leave} comes back. */
    void enter() {
        if (++depth > DEEPEST) {
            throw new UndecodableRecordException("The record is nested deeper than " + DEEPEST + " levels.");
        }
    }

    void leave() {
        depth--;
    }

    private int readLength() {
        long length = readLong();
        if (length < 0) {
            throw senseless("a length below 0");
        }
        if (length > bytes.length - at) {
            throw endsEarly();
        }
        return (int) length;
    }

    private ByteBuffer little(int length) {
        skip(length);
        return ByteBuffer.wrap(bytes, at - length, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    private byte next() {
        if (at >= bytes.length) {
            throw endsEarly();
        }
        return bytes[at++];
    }

    private static UndecodableRecordException endsEarly() {
        return new UndecodableRecordException(
                "The record cannot be decoded, since it ends before the schema that it names does: send all of its bytes, and name the schema that it was written with.");
    }

    private static UndecodableRecordException senseless(String what) {
        return new UndecodableRecordException(
                "The record cannot be decoded, since it holds " + what + ": name the schema that it was written with.");
    }
}
