package io.unifluid.archive.run;

import io.unifluid.archive.Item;
import io.unifluid.archive.Position;
import io.unifluid.archive.row.Row;
import io.unifluid.client.Why;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * The rows that there are already, read beside the archive in the same order, so that what has its row is known without
 * all of them in memory. Those of an archive that has changed meanwhile are found, too: new items have no row, and the
 * rows of items that are gone are counted.
 */
final class Manifest implements AutoCloseable {
    private final Destination destination;
    private final Deque<ShardRows.Head> waiting;
    private final List<Reading> reading = new ArrayList<>();
    private final IntConsumer passed;
    /** Whose last row was found, and may still be asked for again. */
    private final List<Integer> ended = new ArrayList<>();

    private final long rows;
    private long gone;

    /** @param passed is told of each shard that the archive has gone past */
    Manifest(Destination destination, IntConsumer passed) {
        this.destination = destination;
        this.passed = passed;
        var heads = new ArrayList<ShardRows.Head>();
        for (int shard : destination.finished()) {
            try (var file = ShardRows.open(destination.rows(shard))) {
                heads.add(file.head());
            } catch (IOException e) {
                throw unreadable(shard, e);
            }
        }
        heads.sort(Comparator.comparing(ShardRows.Head::first));
        waiting = new ArrayDeque<>(heads);
        rows = heads.stream().mapToLong(ShardRows.Head::count).sum();
    }

    /** Where a row stands. */
    record Found(int shard, int index, Row row) {}

    /** How many there are in all. */
    long rows() {
        return rows;
    }

    /** Of items that were not in the archive any more. */
    long gone() {
        return gone;
    }

    /** The row of the item, if it has one; items must come in the order of their positions. */
    Optional<Found> find(Item item) {
        tellEnded();
        while (!waiting.isEmpty() && waiting.peek().first().compareTo(item.position()) <= 0) {
            reading.add(new Reading(waiting.poll().shard()));
        }
        Optional<Found> found = Optional.empty();
        for (var each : List.copyOf(reading)) {
            found = found.or(() -> each.find(item));
            if (each.head == null) {
                end(each);
            }
        }
        return found;
    }

    /** The archive has been read to its end. */
    void end() {
        for (var each : List.copyOf(reading)) {
            each.passOver(null);
            end(each);
        }
        tellEnded();
        for (var head : waiting) {
            gone += head.count();
            passed.accept(head.shard());
        }
        waiting.clear();
    }

    private void end(Reading each) {
        each.rows.close();
        reading.remove(each);
        ended.add(each.shard);
    }

    private void tellEnded() {
        ended.forEach(passed::accept);
        ended.clear();
    }

    @Override
    public void close() {
        reading.forEach(each -> each.rows.close());
        reading.clear();
    }

    private EnvironmentProblem unreadable(int shard, IOException e) {
        return new EnvironmentProblem(
                "The rows of shard " + Destination.name(shard) + " in " + destination.folder() + " cannot be read ("
                        + Why.of(e) + "): remove " + destination.rows(shard) + " to have the shard made again.",
                e);
    }

    private final class Reading {
        private final int shard;
        private final ShardRows rows;
        private Row head;
        private int index = -1;

        Reading(int shard) {
            this.shard = shard;
            try {
                rows = ShardRows.open(destination.rows(shard));
            } catch (IOException e) {
                throw unreadable(shard, e);
            }
            advance();
        }

        Optional<Found> find(Item item) {
            passOver(item.position());
            if (head == null
                    || !head.position().equals(item.position())
                    || !head.member().equals(item.member())) {
                return Optional.empty();
            }
            var found = new Found(shard, index, head);
            advance();
            return Optional.of(found);
        }

        void passOver(Position before) {
            while (head != null && (before == null || head.position().compareTo(before) < 0)) {
                gone++;
                advance();
            }
        }

        private void advance() {
            try {
                head = rows.next();
                index++;
            } catch (IOException e) {
                throw unreadable(shard, e);
            }
        }
    }
}
