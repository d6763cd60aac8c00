package io.unifluid.blobs.fetch;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;

/** The chunked transfer coding of RFC 9112, section 7.1, decoded; trailers are left unread. Closes nothing. */
final class ChunkedBody extends InputStream {
    private static final int LONGEST_SIZE_LINE = 1024;

    private final InputStream in;
    private long left;
    private boolean first = true;
    private boolean ended;

    ChunkedBody(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (left == 0 && !ended) {
            nextChunk();
        }
        if (ended) {
            return -1;
        }
        int count = in.read(buffer, offset, (int) Math.min(length, left));
        if (count < 0) {
            throw new EOFException("the connection ended inside the picture");
        }
        left -= count;
        return count;
    }

    private void nextChunk() throws IOException {
        if (!first && !(in.read() == '\r' && in.read() == '\n')) {
            throw new ProtocolException("the server sent a malformed chunk");
        }
        first = false;
        String line = HttpGet.line(in, LONGEST_SIZE_LINE);
        int extension = line.indexOf(';');
        left = HttpGet.number((extension < 0 ? line : line.substring(0, extension)).strip(), 16);
        ended = left == 0;
    }
}
