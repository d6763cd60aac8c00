package io.unifluid.worker.sharegroup;

import io.unifluid.schemas.WorkItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What to do with a batch that another worker held before.
 *
 * <pre>
 * first delivery                          run
 * outcome already published               nothing more for that item
 * it only waited when the worker ended    run, up to {@link #MOST_RUNS} deliveries
 * it was on the device, or unknown        do not run: each item is reported as CRASH and tried again alone by the
 *                                         lifecycle; one that was alone already is the culprit
 * </pre>
 *
 * @param run items to run
 * @param crashed items to report
 * @param done items that need nothing more
 */
public record Redelivery(List<WorkItem> run, List<WorkItem> crashed, List<WorkItem> done) {
    /** Deliveries of one record that may run it; below the broker's limit (5), which must never be what decides. */
    public static final int MOST_RUNS = 3;

    public Redelivery {
        run = List.copyOf(run);
        crashed = List.copyOf(crashed);
        done = List.copyOf(done);
    }

    /**
     * What outcomes tell about earlier deliveries of a batch.
     *
     * @param started ids of requests that a device took
     * @param finished ids of requests whose outcome was published
     */
    public record Traces(Set<String> started, Set<String> finished) {
        public Traces {
            started = Set.copyOf(started);
            finished = Set.copyOf(finished);
        }
    }

    /** @param traces empty if it is not known what became of the batch */
    public static Redelivery decide(List<WorkItem> items, int deliveryCount, Optional<Traces> traces) {
        if (deliveryCount <= 1) {
            return new Redelivery(items, List.of(), List.of());
        }
        Set<String> finished = traces.map(Traces::finished).orElse(Set.of());
        List<WorkItem> done = new ArrayList<>();
        List<WorkItem> open = new ArrayList<>();
        boolean started = traces.isEmpty();
        for (WorkItem item : items) {
            String id = item.getRequest().getRequestId();
            (finished.contains(id) ? done : open).add(item);
            started |= traces.isPresent() && traces.get().started().contains(id);
        }
        boolean runnable = !started && deliveryCount <= MOST_RUNS;
        return new Redelivery(runnable ? open : List.of(), runnable ? List.of() : open, done);
    }
}
