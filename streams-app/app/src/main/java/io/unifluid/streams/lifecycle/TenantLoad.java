package io.unifluid.streams.lifecycle;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Unfinished requests of each tenant, as far as one task sees them; kept in memory, counted anew at start. */
final class TenantLoad {
    private final Map<String, Integer> unfinished = new HashMap<>();
    private final AtomicInteger all;

    /** @param all counts those of all tenants, from 0 */
    TenantLoad(AtomicInteger all) {
        this.all = all;
    }

    long of(String tenant) {
        return unfinished.getOrDefault(tenant, 0);
    }

    /** Takes a transition of one request into account. */
    void changed(Optional<RequestRecord> before, Optional<RequestRecord> after) {
        add(before, -1);
        add(after, 1);
    }

    private void add(Optional<RequestRecord> request, int sign) {
        var live = request.filter(RequestRecord::live);
        live.ifPresent(_ -> all.addAndGet(sign));
        live.flatMap(known -> known.state().tenant())
                .ifPresent(
                        tenant -> unfinished.merge(tenant, sign, (a, b) -> a + b == 0 ? null : Integer.valueOf(a + b)));
    }
}
