package io.unifluid.streams.lifecycle;

import io.unifluid.scheduling.lifecycle.LifecycleState;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The states of requests, stored but for one thing: that a worker started a bulk request is kept in memory alone. After a
 * restart such a request counts as dispatched, which differs only in how long its silence is borne.
 */
final class LifecycleStates {
    private final KeyValueStore<String, RequestRecord> store;
    private final Map<String, RequestRecord> started = new HashMap<>();

    LifecycleStates(KeyValueStore<String, RequestRecord> store) {
        this.store = store;
    }

    /** @return null for none */
    RequestRecord get(String key) {
        var known = started.get(key);
        return known == null ? store.get(key) : known;
    }

    /** @param before what is kept under the key now */
    void put(String key, RequestRecord after, Optional<RequestRecord> before) {
        if (before.filter(known -> onlyStarts(known, after)).isPresent()) {
            started.put(key, after);
        } else {
            started.remove(key);
            store.put(key, after);
        }
    }

    void delete(String key) {
        started.remove(key);
        store.delete(key);
    }

    /** As they are stored; @param from the first key, null for all */
    KeyValueIterator<String, RequestRecord> stored(String from) {
        return store.range(from, null);
    }

    private static boolean onlyStarts(RequestRecord before, RequestRecord after) {
        return before.state() instanceof LifecycleState.Scheduled
                && after.state() instanceof LifecycleState.Running
                && before.state().current().equals(after.state().current())
                && after.metadata()
                        .filter(request -> !request.lane().interactive())
                        .isPresent();
    }
}
