package io.unifluid.archive.run;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

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

    private static final int PLACE = 3 * Integer.BYTES;

    private final Arena arena = Arena.ofShared();
    private final List<ByteBuffer> chunks = new ArrayList<>();
    /** Of each place the number of its chunk, where its line begins there, and how long it is. */
    private final ByteBuffer places;

    private final int size;
    private final int chunkBytes;
    private int used;
    private boolean closed;

    HeldRows(int size) {
        this.size = size;
        this.places = arena.allocate((long) size * PLACE).asByteBuffer();
        this.chunkBytes = Math.clamp((long) size * LINE, LEAST_CHUNK, MOST_CHUNK);
    }

    int size() {
        return size;
    }

    /** Nothing once they were let go of. */
    void put(int place, byte[] line) {
        if (closed) {
            return;
        }
        if (chunks.isEmpty() || used + line.length > chunks.getLast().capacity()) {
            chunks.add(arena.allocate(Math.max(chunkBytes, line.length)).asByteBuffer());
            used = 0;
        }
        chunks.getLast().put(used, line);
        places.putInt(place * PLACE, chunks.size() - 1);
        places.putInt(place * PLACE + Integer.BYTES, used);
        places.putInt(place * PLACE + 2 * Integer.BYTES, line.length);
        used += line.length;
    }

    byte[] get(int place) {
        var line = new byte[places.getInt(place * PLACE + 2 * Integer.BYTES)];
        chunks.get(places.getInt(place * PLACE)).get(places.getInt(place * PLACE + Integer.BYTES), line);
        return line;
    }

    /** The first so many. */
    Iterable<byte[]> first(int count) {
        return () -> IntStream.range(0, count).mapToObj(this::get).iterator();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            arena.close();
        }
    }
}
