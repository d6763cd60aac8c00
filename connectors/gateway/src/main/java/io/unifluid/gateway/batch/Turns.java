package io.unifluid.gateway.batch;

import io.unifluid.schemas.Batch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;

/** Which batches begin next: of the tenant that has the fewest running, the oldest. */
final class Turns {
    private Turns() {}

    /**
     * @param waiting in no order
     * @param most that run at once
     */
    static List<Batch> next(Collection<Batch> waiting, Collection<Batch> running, int most) {
        var ofTenant = new HashMap<String, Integer>();
        running.forEach(batch -> ofTenant.merge(batch.getTenant(), 1, Integer::sum));
        var left = new ArrayList<>(waiting);
        var chosen = new ArrayList<Batch>();
        while (running.size() + chosen.size() < most && !left.isEmpty()) {
            var best = left.getFirst();
            for (var batch : left) {
                int order = Integer.compare(
                        ofTenant.getOrDefault(batch.getTenant(), 0), ofTenant.getOrDefault(best.getTenant(), 0));
                if (order < 0 || order == 0 && batch.getCreatedAt().isBefore(best.getCreatedAt())) {
                    best = batch;
                }
            }
            left.remove(best);
            chosen.add(best);
            ofTenant.merge(best.getTenant(), 1, Integer::sum);
        }
        return chosen;
    }
}
