package io.unifluid.moderation.topology;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Which case is to be woken when: an index on disk over the cases, ordered by (instant, submission id), of which only the due
 * entries are read. It has no changelog and is made anew from the cases at every start; what an earlier start left in it
 * may be out of date, so that whoever is woken asks the case. A scan starts where the last one ended, since a store that is
 * emptied from its front is full of tombstones there.
 */
final class WakeUps {
    /**
     * An entry.
     *
     * @param key of the case that is to be woken
     */
    record Due(Instant at, String key) {}

    private static final byte[] PRESENT = {1};

    private final KeyValueStore<Bytes, byte[]> store;
    private long scanFrom;

    WakeUps(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
    }

    /** Replaces a case's entry; empty means that there is none. */
    void move(Optional<Due> from, Optional<Due> to) {
        if (from.equals(to)) {
            return;
        }
        from.ifPresent(this::remove);
        to.ifPresent(due -> {
            store.put(key(due.at().toEpochMilli(), due.key()), PRESENT);
            scanFrom = Math.min(scanFrom, due.at().toEpochMilli());
        });
    }

    void remove(Due due) {
        store.delete(key(due.at().toEpochMilli(), due.key()));
    }

    /** Entries at or before {@code now}, earliest first. */
    List<Due> due(Instant now, int most) {
        var due = new ArrayList<Due>();
        try (var entries = store.range(key(scanFrom, ""), key(now.toEpochMilli() + 1, ""))) {
            while (entries.hasNext() && due.size() < most) {
                due.add(entry(entries.next().key.get()));
            }
        }
        scanFrom = due.size() < most
                ? Math.max(scanFrom, now.toEpochMilli())
                : due.getLast().at().toEpochMilli();
        return due;
    }

    /** Instants before the epoch sort with the epoch: they are due anyway. */
    private static Bytes key(long millis, String submissionId) {
        byte[] id = submissionId.getBytes(StandardCharsets.UTF_8);
        return Bytes.wrap(ByteBuffer.allocate(Long.BYTES + id.length)
                .putLong(Math.max(0, millis))
                .put(id)
                .array());
    }

    private static Due entry(byte[] key) {
        return new Due(
                Instant.ofEpochMilli(ByteBuffer.wrap(key).getLong()),
                new String(key, Long.BYTES, key.length - Long.BYTES, StandardCharsets.UTF_8));
    }
}
