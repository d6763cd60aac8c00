package io.unifluid.streams.event;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Who is to be woken when: a store ordered by (instant, key of the state), of which only the due entries are read. A scan
 * starts where the last one ended, since a store that is emptied from its front is full of tombstones there.
 */
public final class WakeUps {
    /**
     * An entry.
     *
     * @param key of the state that is to be woken
     */
    public record Due(Instant at, String key) {}

    private static final byte[] PRESENT = {1};

    private final KeyValueStore<Bytes, byte[]> store;
    private long scanFrom;

    public WakeUps(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
    }

    /** Replaces a request's entry; empty means that there is none. */
    public void move(Optional<Due> from, Optional<Due> to) {
        if (from.equals(to)) {
            return;
        }
        from.ifPresent(this::remove);
        to.ifPresent(due -> {
            store.put(key(due.at().toEpochMilli(), due.key()), PRESENT);
            scanFrom = Math.min(scanFrom, due.at().toEpochMilli());
        });
    }

    public void remove(Due due) {
        store.delete(key(due.at().toEpochMilli(), due.key()));
    }

    /** Entries at or before {@code now}, earliest first. */
    public List<Due> due(Instant now, int most) {
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
    private static Bytes key(long millis, String state) {
        byte[] id = state.getBytes(StandardCharsets.UTF_8);
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
