package io.unifluid.archive.run;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * The lines of a shard, each at its place, outside of the heap: they wait for the slowest result of their shard, and a
 * collector that meets them again and again would move them to where it looks last, and let its heap grow meanwhile. What
 * is replaced is let go of with all the others. Not thread-safe.
 */
final class HeldRows implements AutoCloseable {
    private static final int MOST_CHUNK = 1 << 20;
    private static final int LEAST_CHUNK = 1 << 12;
    /** Of most rows. */
    private static final int LINE = 1 << 10;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment[] lines;
    private final int chunkBytes;
    private MemorySegment chunk = MemorySegment.NULL;
    private long used;
    private boolean closed;

    HeldRows(int size) {
        this.lines = new MemorySegment[size];
        this.chunkBytes = Math.clamp((long) size * LINE, LEAST_CHUNK, MOST_CHUNK);
    }

    int size() {
        return lines.length;
    }

    /** Nothing once they were let go of. */
    void put(int place, byte[] line) {
        if (closed) {
            return;
        }
        if (used + line.length > chunk.byteSize()) {
            chunk = arena.allocate(Math.max(chunkBytes, line.length));
            used = 0;
        }
        var there = chunk.asSlice(used, line.length);
        MemorySegment.copy(line, 0, there, ValueLayout.JAVA_BYTE, 0, line.length);
        used += line.length;
        lines[place] = there;
    }

    byte[] get(int place) {
        return lines[place].toArray(ValueLayout.JAVA_BYTE);
    }

    /** The first so many. */
    Iterable<byte[]> first(int count) {
        return () -> new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < count;
            }

            @Override
            public byte[] next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return get(next++);
            }
        };
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            arena.close();
        }
    }
}
