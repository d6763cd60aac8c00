package io.unifluid.scheduling.reuse;

import io.unifluid.scheduling.task.Preconditions;
import java.time.Duration;

/**
 * When requests share a computation.
 *
 * @param enabled false: every request is computed for itself
 * @param retention how long a finished answer may be given again
 * @param maxBytes most bytes of finished answers that one task keeps; the oldest go first
 * @param maxEntryBytes a larger answer is shared with those that wait for it and not kept
 * @param acrossTenants false: a request shares with requests of its own tenant only; true: also with others that sent
 *     the same bytes, or no picture at all
 * @param generation any text; another one makes everything kept so far unused
 */
public record ReuseSettings(
        boolean enabled,
        Duration retention,
        long maxBytes,
        long maxEntryBytes,
        boolean acrossTenants,
        String generation) {
    public ReuseSettings {
        Preconditions.positive("retention", retention);
        Preconditions.atLeast("maxBytes", maxBytes, 0);
        Preconditions.atLeast("maxEntryBytes", maxEntryBytes, 0);
    }

    /** Six hours, 64 MiB a task, answers up to 64 KiB, each tenant for itself. */
    public static ReuseSettings defaults() {
        return new ReuseSettings(true, Duration.ofHours(6), 64L * 1024 * 1024, 64 * 1024, false, "");
    }
}
