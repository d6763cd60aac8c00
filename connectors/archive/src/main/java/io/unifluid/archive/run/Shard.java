package io.unifluid.archive.run;

import io.unifluid.archive.Item;
import io.unifluid.archive.row.Row;
import io.unifluid.archive.row.RowFormat;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A shard of which not all rows are there yet. Rows have their places from the order of the archive, and come in any
 * order. Safe from any thread.
 */
final class Shard implements RowFormat.Shard {
    private final int number;
    private final HeldRows lines;
    private final Path spoolFile;
    private SpoolFile spool;
    /** By place, where its picture begins in the file; there from the first one on. */
    private long[] spooled;

    /** Of a shard that is not written again: of its rows so far, each of which comes once. */
    private Tally soFar = new Tally();

    private int places;
    private int missing;
    private boolean sealed;

    /**
     * @param heldFile where rows are kept until the shard is written
     * @param spoolFile where pictures are
     */
    Shard(int number, int size, Path heldFile, Path spoolFile) {
        this.number = number;
        this.lines = new HeldRows(size, heldFile);
        this.spoolFile = spoolFile;
    }

    /** One that is written again: all of its rows are there. */
    static Shard of(int number, List<byte[]> rows, Path heldFile, Path spoolFile) throws IOException {
        var shard = new Shard(number, rows.size(), heldFile, spoolFile);
        shard.soFar = null;
        for (var row : rows) {
            shard.lines.put(shard.places++, row);
        }
        return shard;
    }

    int number() {
        return number;
    }

    /** A place for one more row; the last one seals it. */
    synchronized int place() {
        missing++;
        if (places + 1 == lines.size()) {
            sealed = true;
        }
        return places++;
    }

    /** The row that is there shall be replaced. */
    synchronized void again() {
        missing++;
    }

    /** @return whether the shard has become complete */
    synchronized boolean put(int place, Row row) throws IOException {
        lines.put(place, row.line());
        if (soFar != null) {
            soFar.add(row);
        }
        missing--;
        return complete();
    }

    /**
     * No more places will be asked for.
     *
     * @return whether the shard has become complete
     */
    synchronized boolean seal() {
        boolean was = sealed;
        sealed = true;
        return !was && complete();
    }

    synchronized boolean sealed() {
        return sealed;
    }

    private boolean complete() {
        return sealed && missing == 0;
    }

    @Override
    public synchronized int count() {
        return places;
    }

    /** Of all rows, which are there. */
    synchronized Tally tally() throws IOException {
        if (soFar != null) {
            return soFar;
        }
        var all = new Tally();
        for (int index = 0; index < places; index++) {
            all.add(row(index));
        }
        return all;
    }

    @Override
    public Row row(int index) throws IOException {
        return Row.read(lines.get(index));
    }

    @Override
    public byte[] json(int index) throws IOException {
        return Row.columns(lines.get(index));
    }

    byte[] line(int index) throws IOException {
        return lines.get(index);
    }

    /** Keeps a picture on the disk until the shard is written. */
    synchronized void keep(int place, byte[] bytes, List<Item.Companion> companions) throws IOException {
        if (spool == null) {
            spool = new SpoolFile(spoolFile);
            spooled = new long[lines.size()];
            Arrays.fill(spooled, -1);
        }
        var packed = new ByteArrayOutputStream(bytes.length + 64);
        var out = new DataOutputStream(packed);
        out.writeInt(bytes.length);
        out.write(bytes);
        out.writeInt(companions.size());
        for (var companion : companions) {
            out.writeUTF(companion.extension());
            out.writeInt(companion.bytes().length);
            out.write(companion.bytes());
        }
        var buffer = ByteBuffer.allocate(packed.size() + Integer.BYTES);
        spooled[place] = spool.append(
                buffer.putInt(packed.size()).put(packed.toByteArray()).flip());
    }

    @Override
    public synchronized Optional<RowFormat.Pictured> picture(int index) throws IOException {
        if (spooled == null || spooled[index] < 0) {
            return Optional.empty();
        }
        var in = new DataInputStream(new ByteArrayInputStream(spool.read(
                        spooled[index] + Integer.BYTES,
                        spool.read(spooled[index], Integer.BYTES).getInt())
                .array()));
        var bytes = in.readNBytes(in.readInt());
        var companions = new ArrayList<Item.Companion>();
        for (int left = in.readInt(); left > 0; left--) {
            companions.add(new Item.Companion(in.readUTF(), in.readNBytes(in.readInt())));
        }
        return Optional.of(new RowFormat.Pictured(bytes, companions));
    }

    /** Lets go of rows and pictures; what still comes is lost. */
    synchronized void close() {
        lines.close();
        if (spool != null) {
            spool.close();
        }
    }
}
