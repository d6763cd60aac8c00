package io.unifluid.scheduling.batching;

import io.unifluid.scheduling.task.Preconditions;
import java.time.Duration;

/**
 * Keeps a lane's topic shallow: batching holds back in its store, where order can still change, what workers could not
 * take soon anyway.
 *
 * @param maxItems most requests that left batching and have no outcome yet
 * @param maxCost most of their cost, in milliseconds
 * @param ofServed more than these may be out while it is no more than was served in so long, so that fast workers have
 *     something to do while word of what they did is on its way; zero for never more
 */
public record InFlightWindow(int maxItems, double maxCost, Duration ofServed) {
    private static final Duration AS_SERVED = Duration.ofSeconds(2);

    public InFlightWindow {
        Preconditions.atLeast("maxItems", maxItems, 1);
        Preconditions.positive("maxCost", maxCost);
        Preconditions.notNegative("ofServed", ofServed);
    }

    /** Never more than this. */
    public static InFlightWindow fixed(int maxItems, double maxCost) {
        return new InFlightWindow(maxItems, maxCost, Duration.ZERO);
    }

    /** Sixteen full batches by these settings, or what was served in two seconds. */
    public static InFlightWindow of(BatchSettings batch) {
        return new InFlightWindow(16 * batch.maxItems(), 16 * batch.maxCost(), AS_SERVED);
    }

    /**
     * Whether another batch may leave. With nothing outstanding it always may, however large.
     *
     * @param servedCost cost that workers served in the last second, in milliseconds
     */
    public boolean mayDispatch(int outstandingItems, double outstandingCost, double servedCost) {
        return outstandingItems == 0
                || (outstandingItems < maxItems && outstandingCost < maxCost)
                || outstandingCost < servedCost * ofServed.toMillis() / 1e3;
    }
}
