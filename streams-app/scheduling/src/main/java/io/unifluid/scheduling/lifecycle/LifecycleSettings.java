package io.unifluid.scheduling.lifecycle;

import io.unifluid.scheduling.task.Preconditions;
import java.time.Duration;

/**
 * Times of the lifecycle.
 *
 * @param stuckAfter a started attempt without an outcome or another sign of life for this long is tried again, isolated
 * @param lostAfter a dispatch that no worker started for this long is repeated, then after twice as long, and so on:
 *     work may wait for days behind a large backlog, so waiting costs no attempt
 * @param maxLostDispatches so many repetitions without a sign of a worker fail the request; with the defaults that is
 *     after ten days
 * @param cancelWindow how long a cancel waits for its request
 * @param retention how long a settled request is remembered
 * @param retry what to do about failures
 */
public record LifecycleSettings(
        Duration stuckAfter,
        Duration lostAfter,
        int maxLostDispatches,
        Duration cancelWindow,
        Duration retention,
        RetryPolicy retry) {

    public LifecycleSettings {
        Preconditions.positive("stuckAfter", stuckAfter);
        Preconditions.positive("lostAfter", lostAfter);
        Preconditions.atLeast("maxLostDispatches", maxLostDispatches, 0);
        Preconditions.positive("cancelWindow", cancelWindow);
        Preconditions.positive("retention", retention);
        if (maxLostDispatches > 20) {
            throw new IllegalArgumentException("maxLostDispatches is " + maxLostDispatches
                    + "; it must be at most 20, since the wait doubles every time.");
        }
    }

    /** The documented defaults. */
    public static LifecycleSettings defaults() {
        return new LifecycleSettings(
                Duration.ofMinutes(5),
                Duration.ofMinutes(15),
                9,
                Duration.ofHours(1),
                Duration.ofHours(24),
                RetryPolicy.defaults());
    }

    /** How long to wait for a sign of a worker after the dispatch was repeated {@code lostDispatches} times. */
    public Duration lostAfter(int lostDispatches) {
        return lostAfter.multipliedBy(1L << lostDispatches);
    }
}
