package io.unifluid.archive.run;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The lines of a shard, each at its place, in a file: they wait for the slowest result of their shard, and a run has several
 * shards that wait. What is replaced is let go of with all the others. Not thread-safe.
 */
final class HeldRows implements AutoCloseable {
    private static final int MOST_BUFFER = 1 << 16;
    /** Of most rows. */
    private static final int LINE = 1 << 10;

    private final Path file;
    /** There once the buffer is full, so that thousands of small shards need no file. */
    private FileChannel channel;

    /** Of each place where its line begins in the file, and how long it is. */
    private final long[] begins;

    private final int[] lengths;
    /** What follows in the file and is not written yet. */
    private final ByteBuffer last;

    private long written;
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
        if (line.length > last.remaining()) {
            write(last.flip());
            last.clear();
        }
        begins[place] = written + last.position();
        lengths[place] = line.length;
        if (line.length > last.remaining()) {
            write(ByteBuffer.wrap(line));
        } else {
            last.put(line);
        }
    }

    private void write(ByteBuffer bytes) throws IOException {
        if (channel == null) {
            channel = FileChannel.open(
                    file,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING);
        }
        while (bytes.hasRemaining()) {
            written += channel.write(bytes, written);
        }
    }

    byte[] get(int place) throws IOException {
        var line = new byte[lengths[place]];
        if (begins[place] >= written) {
            last.get((int) (begins[place] - written), line);
            return line;
        }
        var left = ByteBuffer.wrap(line);
        while (left.hasRemaining()) {
            if (channel.read(left, begins[place] + left.position()) < 0) {
                throw new EOFException("what was kept in " + file + " is no longer there");
            }
        }
        return line;
    }

    @Override
    public void close() {
        closed = true;
        try {
            if (channel != null) {
                channel.close();
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // the next run removes it
        }
    }
}
