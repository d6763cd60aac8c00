package io.unifluid.scheduling.simulation;

import io.unifluid.scheduling.reuse.ReuseLedger;
import io.unifluid.scheduling.reuse.ReuseSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Finished answers of all lanes: for each key the request that it was computed for, which says what it is. */
final class Answers {
    static final Duration RETENTION = Duration.ofSeconds(8);
    private static final int ENTRY_BYTES = 100;
    private static final int MOST_BYTES = 40 * ENTRY_BYTES;

    private final ReuseLedger ledger =
            new ReuseLedger(new ReuseSettings(true, RETENTION, MOST_BYTES, ENTRY_BYTES, true, ""));
    private final Map<String, String> computedFor = new HashMap<>();
    private final Promise promise;

    Answers(Promise promise) {
        this.promise = promise;
    }

    void keep(String key, String requestId, Instant now) {
        var leaving = ledger.keep(key, ENTRY_BYTES, "m@" + promise.versionOf(requestId), now);
        computedFor.put(key, requestId);
        promise.kept(requestId, now);
        leaving.keySet().forEach(computedFor::remove);
        leaving.forEach((_, why) -> promise.count("left for " + why));
        ledger.leaving(promise.running(), now, 10).forEach((gone, why) -> {
            computedFor.remove(gone);
            promise.count("left for " + why);
        });
        if (ledger.bytes() > MOST_BYTES) {
            promise.breach("answers of " + ledger.bytes() + " bytes are kept");
        }
    }

    String computedFor(String key) {
        return computedFor.get(key);
    }

    boolean has(String key, Instant now) {
        return ledger.has(key, promise.running(), now);
    }
}
