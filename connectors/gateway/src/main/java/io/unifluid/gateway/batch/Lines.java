package io.unifluid.gateway.batch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/**
 * The lines of a batch's input, on this machine's disk: all of them can be had by their places, whatever they hold together.
 * Lines without a character but white space do not count. Not thread-safe.
 */
final class Lines implements AutoCloseable {
    private static final int AT_ONCE = 1 << 16;
    private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private final FileChannel file;
    private final int most;
    private long[] starts = new long[64];
    private int[] lengths = new int[64];
    private int[] numbers = new int[64];
    private int count;
    private boolean more;

    private Lines(FileChannel file, int most) {
        this.file = file;
        this.most = most;
    }

    /** @param most lines that are kept; of one more it is only known that it is there */
    static Lines copied(InputStream from, int most) throws IOException {
        var lines = new Lines(Scratch.file("batch-input"), most);
        try (from) {
            lines.copy(from);
            return lines;
        } catch (IOException | RuntimeException e) {
            lines.close();
            throw e;
        }
    }

    private void copy(InputStream from) throws IOException {
        var buffer = new byte[AT_ONCE];
        long at = 0;
        long start = 0;
        int number = 1;
        boolean blank = true;
        for (int read = from.read(buffer); read >= 0 && !more; read = from.read(buffer)) {
            Scratch.write(file, ByteBuffer.wrap(buffer, 0, read));
            for (int i = 0; i < read; i++) {
                byte one = buffer[i];
                if (one == '\n') {
                    if (!blank) {
                        add(start, at + i, number);
                    }
                    start = at + i + 1;
                    number++;
                    blank = true;
                } else if (one != ' ' && one != '\t' && one != '\r' && !isMark(one, at + i)) {
                    blank = false;
                }
            }
            at += read;
        }
        if (!blank) {
            add(start, at, number);
        }
    }

    private static boolean isMark(byte one, long at) {
        return at < MARK.length && one == MARK[(int) at];
    }

    private void add(long start, long end, int number) {
        if (count == most) {
            more = true;
            return;
        }
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, 2 * count);
            lengths = Arrays.copyOf(lengths, 2 * count);
            numbers = Arrays.copyOf(numbers, 2 * count);
        }
        starts[count] = start;
        lengths[count] = (int) Math.min(Integer.MAX_VALUE, end - start);
        numbers[count++] = number;
    }

    int count() {
        return count;
    }

    /** Whether there is a line more than are kept. */
    boolean more() {
        return more;
    }

    /** In the file, from 1, as editors count. */
    int number(int place) {
        return numbers[place];
    }

    int length(int place) {
        return lengths[place];
    }

    /** Without a mark of byte order. */
    byte[] at(int place) {
        try {
            var line = Scratch.read(file, starts[place], lengths[place]);
            boolean marked = starts[place] == 0 && line.length >= MARK.length && Arrays.equals(line, 0, 3, MARK, 0, 3);
            return marked ? Arrays.copyOfRange(line, MARK.length, line.length) : line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        Scratch.close(file);
    }
}
