package io.unifluid.scheduling.batching;

import io.unifluid.scheduling.task.Lane;
import io.unifluid.scheduling.task.Preconditions;

/**
 * Keeps a lane's topic shallow: batching holds back in its store, where order can still change, what workers could not
 * take soon anyway.
 *
 * @param maxItems most requests that left batching and have no outcome yet
 * @param maxCost most of their cost, in milliseconds
 */
public record InFlightWindow(int maxItems, double maxCost) {
    public InFlightWindow {
        Preconditions.atLeast("maxItems", maxItems, 1);
        Preconditions.positive("maxCost", maxCost);
    }

    /** Sixteen full batches. */
    public static InFlightWindow defaults(Lane lane) {
        BatchSettings batch = BatchSettings.defaults(lane);
        return new InFlightWindow(16 * batch.maxItems(), 16 * batch.maxCost());
    }

    /** Whether another batch may leave. With nothing outstanding it always may, however large. */
    public boolean mayDispatch(int outstandingItems, double outstandingCost) {
        return outstandingItems == 0 || (outstandingItems < maxItems && outstandingCost < maxCost);
    }
}
