package io.unifluid.gateway.batch;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.BitSet;

/**
 * What came of a batch's lines so far, on this machine's disk: one output line for each, however often its answer comes.
 * Not thread-safe.
 */
final class Answers implements AutoCloseable {
    private final FileChannel file;
    private final long[] starts;
    private final int[] lengths;
    private final BitSet there = new BitSet();
    private final BitSet failed = new BitSet();
    private long end;

    Answers(int lines) throws IOException {
        this.file = Scratch.file("batch-output");
        this.starts = new long[lines];
        this.lengths = new int[lines];
    }

    boolean has(int place) {
        return there.get(place);
    }

    /** The first place without one, from this one on. */
    int firstOpen(int from) {
        return there.nextClearBit(from);
    }

    int completed() {
        return there.cardinality() - failed.cardinality();
    }

    int failed() {
        return failed.cardinality();
    }

    boolean all() {
        return there.cardinality() == starts.length;
    }

    /** @return false when there is one already; the first one counts */
    boolean put(int place, byte[] line, boolean isError) {
        if (there.get(place)) {
            return false;
        }
        try {
            Scratch.write(file, ByteBuffer.wrap(line));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        starts[place] = end;
        lengths[place] = line.length;
        end += line.length;
        there.set(place);
        failed.set(place, isError);
        return true;
    }

    /** Those of one kind, in the order of the lines that they are for, each with its line's end. */
    void write(boolean errors, OutputStream to) throws IOException {
        for (int place = there.nextSetBit(0); place >= 0; place = there.nextSetBit(place + 1)) {
            if (failed.get(place) == errors) {
                to.write(Scratch.read(file, starts[place], lengths[place]));
                to.write('\n');
            }
        }
    }

    @Override
    public void close() {
        Scratch.close(file);
    }
}
