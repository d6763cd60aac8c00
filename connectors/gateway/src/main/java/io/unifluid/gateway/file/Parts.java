package io.unifluid.gateway.file;

import io.unifluid.blobs.BlobStore;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Puts what is written to it into the blob store, piece by piece, so that only one piece is in memory. */
public final class Parts extends OutputStream {
    private final BlobStore store;
    private final int largest;
    private final List<String> claims = new ArrayList<>();
    private byte[] piece = new byte[8192];
    private int filled;
    private long bytes;

    /** @param largest bytes of a piece */
    Parts(BlobStore store, int largest) {
        this.store = store;
        this.largest = largest;
    }

    @Override
    public void write(int one) {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) {
        for (int done = 0; done < length; ) {
            int count = Math.min(length - done, largest - filled);
            if (filled + count > piece.length) {
                piece = Arrays.copyOf(piece, (int) Math.min(largest, Math.max(2L * piece.length, filled + count)));
            }
            System.arraycopy(source, offset + done, piece, filled, count);
            filled += count;
            done += count;
            bytes += count;
            if (filled == largest) {
                put();
            }
        }
    }

    private void put() {
        claims.add(store.put(filled == piece.length ? piece : Arrays.copyOf(piece, filled))
                .toString());
        filled = 0;
    }

    /** So far. */
    public long bytes() {
        return bytes;
    }

    /** The last piece is put, too. */
    @Override
    public void close() {
        if (filled > 0) {
            put();
        }
    }

    /** Of all pieces, in their order; complete after {@link #close()}. */
    List<String> claims() {
        return List.copyOf(claims);
    }
}
