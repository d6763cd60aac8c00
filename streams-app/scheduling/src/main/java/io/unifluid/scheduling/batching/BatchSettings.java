package io.unifluid.scheduling.batching;

import io.unifluid.scheduling.task.Lane;
import io.unifluid.scheduling.task.Preconditions;
import java.time.Duration;

/**
 * When a batch is full and how long it may wait.
 *
 * @param maxItems most requests of a batch
 * @param maxCost most service time of a batch, in milliseconds, as the sum of its items' costs
 * @param maxBytes most bytes of a batch
 * @param maxWait longest that the oldest request waits for others
 * @param deadlineReserve a batch with a deadline leaves this long before the latest moment that its cost allows, for the
 *     way to the worker and for a wrong estimate
 */
public record BatchSettings(int maxItems, double maxCost, long maxBytes, Duration maxWait, Duration deadlineReserve) {

    public BatchSettings {
        Preconditions.atLeast("maxItems", maxItems, 1);
        Preconditions.positive("maxCost", maxCost);
        Preconditions.atLeast("maxBytes", maxBytes, 1);
        Preconditions.notNegative("maxWait", maxWait);
        Preconditions.notNegative("deadlineReserve", deadlineReserve);
    }

    /**
     * 32 items; 700 KiB and 5 s of work within 20 ms where somebody waits; in bulk, where inline pictures of a megapixel are to
     * fill a batch, 4 MiB and 20 s of work within 50 ms.
     */
    public static BatchSettings defaults(Lane lane) {
        return lane.interactive()
                ? new BatchSettings(32, 5_000, 700 * 1024, Duration.ofMillis(20), Duration.ofMillis(100))
                : new BatchSettings(32, 20_000, 4 << 20, Duration.ofMillis(50), Duration.ofMillis(100));
    }
}
