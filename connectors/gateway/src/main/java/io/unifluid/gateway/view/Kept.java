package io.unifluid.gateway.view;

import java.nio.ByteBuffer;

/**
 * One thing that was said of a request.
 *
 * @param agedAt the moment under which its age is noted
 * @param saidAt when it was said; later than its age where it was said anew
 * @param event the record's value as it came
 */
@SuppressWarnings("ArrayRecordComponent") // Handed on as it is; nobody compares two.
record Kept(long agedAt, long saidAt, byte[] event) {
    private static final int HEAD = 2 * Long.BYTES;

    byte[] bytes() {
        return ByteBuffer.allocate(HEAD + event.length)
                .putLong(agedAt)
                .putLong(saidAt)
                .put(event)
                .array();
    }

    static Kept of(byte[] bytes) {
        var buffer = ByteBuffer.wrap(bytes);
        long aged = buffer.getLong();
        long said = buffer.getLong();
        var event = new byte[buffer.remaining()];
        buffer.get(event);
        return new Kept(aged, said, event);
    }
}
