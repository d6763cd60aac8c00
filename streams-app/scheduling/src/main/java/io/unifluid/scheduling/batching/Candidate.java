package io.unifluid.scheduling.batching;

import io.unifluid.scheduling.task.WorkProfile;
import java.time.Instant;

/**
 * A request that waits for a batch.
 *
 * @param isolated it must run in a batch of its own
 * @param scheduledAt when this attempt was handed to batching
 */
public record Candidate(WorkProfile profile, int attempt, boolean isolated, Instant scheduledAt) {

    /** Whether its deadline has passed, so that running it is a waste: the lifecycle settles it as expired. */
    public boolean expired(Instant now) {
        return profile.deadline().filter(at -> !now.isBefore(at)).isPresent();
    }
}
