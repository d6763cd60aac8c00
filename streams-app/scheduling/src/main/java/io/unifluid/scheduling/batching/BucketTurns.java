package io.unifluid.scheduling.batching;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * Which bucket of a lane goes next when several have a batch ready and {@link InFlightWindow} lets one pass: the one
 * whose last batch is longest ago, so that a bucket with a million requests does not hold up one with ten.
 */
public final class BucketTurns {

    /**
     * A bucket whose batch may leave.
     *
     * @param lastServedAt when its last batch left; empty when none did
     */
    public record Ready(OpenBucket bucket, EmitReason reason, Optional<Instant> lastServedAt) {}

    private static final Comparator<Ready> ORDER = Comparator.<Ready, Boolean>comparing(
                    ready -> ready.reason() != EmitReason.DEADLINE)
            .thenComparing(ready -> ready.lastServedAt().orElse(Instant.MIN))
            .thenComparing(ready -> ready.bucket().oldestAt().orElse(Instant.MAX))
            .thenComparing(ready -> ready.bucket().bucket());

    /** The next one: deadlines first, then who was served longest ago, then who has waited longest. */
    public static Optional<Ready> next(Collection<Ready> ready) {
        return ready.stream().min(ORDER);
    }

    private BucketTurns() {}
}
