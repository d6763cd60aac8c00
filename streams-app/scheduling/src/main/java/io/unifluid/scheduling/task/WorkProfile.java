package io.unifluid.scheduling.task;

import java.time.Instant;
import java.util.Optional;

/**
 * All that scheduling must know of an accepted request.
 *
 * @param bucket what must match inside a batch, from {@link Buckets}
 * @param cost expected service time in milliseconds on the reference device, from {@link CostModel}
 * @param bytes what the request adds to its batch record, in bytes
 * @param deadline after this instant the result is worthless
 * @param computationKey equal for requests that compute the same, from {@code ComputationKey}; empty when it shares with none
 */
public record WorkProfile(
        String requestId,
        String tenant,
        Lane lane,
        String bucket,
        double cost,
        long bytes,
        Optional<Instant> deadline,
        Optional<String> computationKey) {
    public WorkProfile {
        Preconditions.notNegative("cost", cost);
        Preconditions.atLeast("bytes", bytes, 0);
    }
}
