package io.unifluid.archive.run;

import io.unifluid.archive.row.Row;
import io.unifluid.pdq.PdqHash;
import io.unifluid.pdq.PdqIndex;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Pictures that look like an earlier one take its answer. Compared is with those that were asked about themselves, so that a
 * row of pictures that change little by little does not end in one answer. Some 110 bytes of memory for each of these; their
 * rows are in a file. Safe from any thread.
 *
 * @param <W> who waits for the answer of another
 */
final class NearDuplicates<W> implements AutoCloseable {
    private static final long PENDING = -1;

    private final PdqIndex index = new PdqIndex();
    private final Map<Integer, List<W>> waiting = new HashMap<>();
    private final SpoolFile rows;
    private long[] places = new long[1024];

    /** @param file is made, and removed at the end */
    NearDuplicates(Path file) throws IOException {
        this.rows = new SpoolFile(file);
    }

    /** What a picture is to those before it. */
    sealed interface Met {
        /** None of them looks like it. */
        record First(int number) implements Met {}

        /** Its answer is there. */
        record Answered(Row row) implements Met {}

        /** It gets the answer when it comes. */
        record Waits() implements Met {}
    }

    /** One more picture; {@code who} is handed back by {@link #answered} where it has to wait. */
    synchronized Met meet(PdqHash look, W who) throws IOException {
        var near = index.nearest(look);
        if (near.isEmpty()) {
            return new Met.First(add(look, PENDING));
        }
        int number = near.getAsInt();
        if (places[number] == PENDING) {
            waiting.computeIfAbsent(number, _ -> new ArrayList<>()).add(who);
            return new Met.Waits();
        }
        return new Met.Answered(read(places[number]));
    }

    /** The row of a first one; returns who has been waiting for it. */
    synchronized List<W> answered(int number, Row row) throws IOException {
        places[number] = write(row);
        return Optional.ofNullable(waiting.remove(number)).orElse(List.of());
    }

    /** A row of an earlier process that stays. */
    synchronized void earlier(Row row) throws IOException {
        var look = row.look();
        if (look.isPresent() && !row.nearDuplicate()) {
            add(look.get(), write(row));
        }
    }

    private int add(PdqHash look, long place) {
        int number = index.add(look);
        if (number == places.length) {
            places = Arrays.copyOf(places, places.length + places.length / 2);
        }
        places[number] = place;
        return number;
    }

    private long write(Row row) throws IOException {
        var line = row.line();
        var buffer = ByteBuffer.allocate(Integer.BYTES + line.length);
        return rows.append(buffer.putInt(line.length).put(line).flip());
    }

    private Row read(long place) throws IOException {
        int length = rows.read(place, Integer.BYTES).getInt();
        return Row.read(rows.read(place + Integer.BYTES, length).array());
    }

    @Override
    public synchronized void close() {
        rows.close();
    }
}
