package io.unifluid.archive.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * The lines of a shard, each at its place, beyond some of them in a file: they wait for the slowest result of their shard, and
 * a run has several shards that wait. What is replaced is let go of with all the others. Not thread-safe.
 */
final class HeldRows implements AutoCloseable {
    private static final int MOST_BUFFER = 1 << 16;
    /** Of most rows. */
    private static final int LINE = 1 << 10;

    private final Path file;
    /** There once the buffer is full, so that thousands of small shards need no file. */
    private SpoolFile spool;
    /** Of each place where its line begins, those of the buffer behind those of the file, and how long it is. */
    private final long[] begins;

    private final int[] lengths;
    /** What follows in the file and is not written yet. */
    private final ByteBuffer last;

    private boolean closed;

    /** @param file is made when it is needed, and removed at the end */
    HeldRows(int size, Path file) {
        this.file = file;
        this.begins = new long[size];
        this.lengths = new int[size];
        this.last = ByteBuffer.allocate((int) Math.min((long) size * LINE, MOST_BUFFER));
    }

    int size() {
        return begins.length;
    }

    /** Nothing once they were let go of. */
    void put(int place, byte[] line) throws IOException {
        if (closed) {
            return;
        }
        lengths[place] = line.length;
        if (line.length > last.remaining()) {
            spool(last.flip());
            last.clear();
        }
        begins[place] = written() + last.position();
        if (line.length > last.remaining()) {
            spool(ByteBuffer.wrap(line));
        } else {
            last.put(line);
        }
    }

    private void spool(ByteBuffer bytes) throws IOException {
        if (spool == null) {
            spool = new SpoolFile(file);
        }
        spool.append(bytes);
    }

    private long written() {
        return spool == null ? 0 : spool.size();
    }

    byte[] get(int place) throws IOException {
        long behind = begins[place] - written();
        if (behind < 0) {
            return spool.read(begins[place], lengths[place]).array();
        }
        var line = new byte[lengths[place]];
        last.get((int) behind, line);
        return line;
    }

    @Override
    public void close() {
        closed = true;
        if (spool != null) {
            spool.close();
        }
    }
}
