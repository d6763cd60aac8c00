package io.unifluid.streams.event;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Makes an index in memory over a store after a start, some entries at a time between what else is to be done, so that nobody
 * waits until all of it has been read. What is asked for sooner is taken sooner; everything that was in the store at the start is
 * taken once, and nothing that came later.
 *
 * @param <V> of the store's values
 */
public final class StoreWalk<V> {
    /** So many at a time keep a stream thread for a millisecond or two, even right after the start of its virtual machine. */
    private static final int AT_ONCE = 50;

    private final KeyValueStore<String, V> store;
    private final Take<V> take;
    /** Keys that the walk has not come to, of which the index knows. */
    private final Set<String> known = new HashSet<>();

    private Optional<String> from = Optional.empty();
    private boolean over;

    /** Takes the next entry, which there is, out of an iterator into the index. */
    @FunctionalInterface
    public interface Take<V> {
        void next(KeyValueIterator<String, V> entries);
    }

    public StoreWalk(KeyValueStore<String, V> store, Take<V> take) {
        this.store = store;
        this.take = take;
    }

    /**
     * Takes the first entries now, and others each time; a small store is over at once.
     *
     * @param whenOver the index has all of the store
     */
    public void begin(ProcessorContext<?, ?> context, Duration every, Runnable whenOver) {
        goOn();
        if (over) {
            whenOver.run();
            return;
        }
        var steps = new Cancellable[1];
        steps[0] = context.schedule(every, PunctuationType.WALL_CLOCK_TIME, _ -> {
            goOn();
            if (over) {
                steps[0].cancel();
                whenOver.run();
            }
        });
    }

    private void goOn() {
        try (var entries = store.range(from.orElse(null), null)) {
            for (int left = AT_ONCE; left > 0 && entries.hasNext(); left--) {
                if (known.remove(entries.peekNextKey())) {
                    entries.next();
                } else {
                    take.next(entries);
                }
            }
            from = entries.hasNext() ? Optional.of(entries.peekNextKey()) : Optional.empty();
            over = from.isEmpty();
        }
    }

    /** Call before an entry is looked at, put or deleted: from then on the index is to follow it. */
    public void reach(String key) {
        if (over || from.filter(next -> isBefore(key, next)).isPresent() || !known.add(key)) {
            return;
        }
        try (var one = store.range(key, key)) {
            if (one.hasNext()) {
                take.next(one);
            }
        }
    }

    /** In the order of stores. */
    private static boolean isBefore(String one, String other) {
        return Arrays.compareUnsigned(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8)) < 0;
    }
}
