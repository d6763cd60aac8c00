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
    private static final int BUFFER = 1 << 16;

    private final Path file;
    private final FileChannel channel;
    /** Of each place where its line begins in the file, and how long it is. */
    private final long[] begins;

    private final int[] lengths;
    /** What follows in the file and is not written yet. */
    private final ByteBuffer last = ByteBuffer.allocate(BUFFER);

    private long written;

    /** @param file is made, and removed at the end */
    HeldRows(int size, Path file) throws IOException {
        this.file = file;
        this.begins = new long[size];
        this.lengths = new int[size];
        this.channel = FileChannel.open(
                file,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING);
    }

    int size() {
        return begins.length;
    }

    /** Nothing once they were let go of. */
    void put(int place, byte[] line) throws IOException {
        if (!channel.isOpen()) {
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
        try {
            channel.close();
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // the next run removes it
        }
    }
}
