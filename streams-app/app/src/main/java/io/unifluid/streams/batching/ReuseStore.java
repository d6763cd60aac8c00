package io.unifluid.streams.batching;

import io.unifluid.scheduling.admission.RunningModels;
import io.unifluid.scheduling.reuse.InFlightDeduplicator.CoalescedRequest;
import io.unifluid.scheduling.reuse.ReuseLedger;
import io.unifluid.scheduling.reuse.ReuseSettings;
import io.unifluid.scheduling.task.Lane;
import io.unifluid.streams.metrics.StreamsMetrics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * What reuse must not forget: finished answers under {@code a/<key>}, and under {@code c/<lane>/<key>} who computes what
 * others wait for.
 */
public final class ReuseStore {
    /** Who computes a key of a lane. */
    record Computing(Lane lane, String key, CoalescedRequest leader) {}

    private record Kept(String key, Instant storedAt, String model, int bytes) {}

    private static final String ANSWER = "a/";
    private static final String COMPUTING = "c/";

    private final KeyValueStore<String, byte[]> store;
    private final ReuseSettings settings;
    private final StreamsMetrics metrics;
    private final Map<String, CoalescedRequest> computing = new HashMap<>();
    private ReuseLedger ledger;

    public ReuseStore(KeyValueStore<String, byte[]> store, ReuseSettings settings, StreamsMetrics metrics) {
        this.store = store;
        this.settings = settings;
        this.metrics = metrics;
        this.ledger = new ReuseLedger(settings);
    }

    /** Reads everything; @return who computed what others waited for when it was written */
    List<Computing> restore() {
        ledger = new ReuseLedger(settings);
        computing.clear();
        var kept = new ArrayList<Kept>();
        var awaited = new ArrayList<Computing>();
        try (var all = store.all()) {
            all.forEachRemaining(entry -> {
                if (entry.key.startsWith(ANSWER)) {
                    kept.add(kept(entry.key.substring(ANSWER.length()), entry.value));
                } else {
                    awaited.add(computing(entry.key, entry.value));
                    computing.put(entry.key, awaited.getLast().leader());
                }
            });
        }
        kept.sort(Comparator.comparing(Kept::storedAt));
        kept.forEach(one -> drop(ledger.keep(one.key(), one.bytes(), one.model(), one.storedAt())));
        return awaited;
    }

    /** The report that answers the key, encoded. */
    Optional<byte[]> answer(String key, RunningModels running, Instant now) {
        return ledger.has(key, running, now)
                ? Optional.of(store.get(ANSWER + key)).map(ReuseStore::report)
                : Optional.empty();
    }

    /** Keeps an answer for later, if it is small enough. */
    public void keep(String key, String model, byte[] report, Instant now) {
        byte[] name = model.getBytes(StandardCharsets.UTF_8);
        int bytes = Long.BYTES + Integer.BYTES + name.length + report.length;
        if (!ledger.takes(bytes)) {
            metrics.notKept("size");
            return;
        }
        store.put(
                ANSWER + key,
                ByteBuffer.allocate(bytes)
                        .putLong(now.toEpochMilli())
                        .putInt(name.length)
                        .put(name)
                        .put(report)
                        .array());
        drop(ledger.keep(key, size(key, bytes), model, now));
    }

    /** Forgets what is too old. */
    void sweep(RunningModels running, Instant now, int most) {
        drop(ledger.leaving(running, now, most));
    }

    /** Remembers who computes a key, as long as others wait for it. */
    public void remember(Lane lane, String key, Optional<CoalescedRequest> awaited) {
        var name = COMPUTING + lane.topicSuffix() + "/" + key;
        if (awaited.isEmpty()) {
            if (computing.remove(name) != null) {
                store.delete(name);
            }
        } else if (!awaited.get().equals(computing.put(name, awaited.get()))) {
            store.put(
                    name, (awaited.get().attempt() + "/" + awaited.get().requestId()).getBytes(StandardCharsets.UTF_8));
        }
    }

    long bytes() {
        return ledger.bytes();
    }

    private void drop(Map<String, ReuseLedger.Leaving> leaving) {
        leaving.forEach((key, why) -> {
            store.delete(ANSWER + key);
            metrics.evicted(why);
        });
    }

    private static Kept kept(String key, byte[] entry) {
        var in = ByteBuffer.wrap(entry);
        var storedAt = Instant.ofEpochMilli(in.getLong());
        byte[] model = new byte[in.getInt()];
        in.get(model);
        return new Kept(key, storedAt, new String(model, StandardCharsets.UTF_8), size(key, entry.length));
    }

    /** Bytes of an entry with its key, which the index and the store hold. */
    private static int size(String key, int entryBytes) {
        return 2 * key.length() + entryBytes;
    }

    private static byte[] report(byte[] entry) {
        var in = ByteBuffer.wrap(entry);
        in.getLong();
        in.position(in.getInt() + in.position());
        byte[] report = new byte[in.remaining()];
        in.get(report);
        return report;
    }

    private static Computing computing(String name, byte[] value) {
        int slash = name.indexOf('/', COMPUTING.length());
        var text = new String(value, StandardCharsets.UTF_8);
        int split = text.indexOf('/');
        var leader = new CoalescedRequest(text.substring(split + 1), Integer.parseInt(text.substring(0, split)));
        return new Computing(
                Lane.ofTopicSuffix(name.substring(COMPUTING.length(), slash)), name.substring(slash + 1), leader);
    }
}
