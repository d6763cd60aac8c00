package io.unifluid.worker.config;

import io.unifluid.schemas.Topics;
import java.time.Duration;
import java.util.List;

/**
 * How much a worker holds at once, and of what.
 *
 * @param lanes the lanes served; interactive ones always come first
 * @param readersPerLane share consumers of each lane; with one, nothing is fetched while its batches run
 * @param batchesPerPoll most batches that one reader holds, if no more run at once
 * @param preparedBatches batches of a lane that may wait for the device before no more are fetched, if fewer run at once
 * @param publishStarted report when the device takes a batch; it is also what tells, after a crash, the batch that was
 *     on the device from those that only waited
 * @param drain longest time for an orderly end
 */
public record FlowSettings(
        List<String> lanes,
        int readersPerLane,
        int batchesPerPoll,
        int preparedBatches,
        boolean publishStarted,
        Duration drain) {
    public FlowSettings {
        lanes = List.copyOf(lanes);
        if (lanes.isEmpty() || !Topics.LANES.containsAll(lanes)) {
            throw new IllegalArgumentException("lanes is " + lanes + "; give one or more of " + Topics.LANES + ".");
        }
    }

    /** All lanes, two readers each with two batches, three prepared, started reports, 30 s to end. */
    public static FlowSettings defaults() {
        return new FlowSettings(Topics.LANES, 2, 2, 3, true, Duration.ofSeconds(30));
    }

    /** Most batches that one reader holds beside so many that run at once: it gets no others before all have ended. */
    public int batchesPerPoll(int callers) {
        return Math.max(batchesPerPoll, callers);
    }

    /** Batches of a lane that may wait beside so many that run at once: one for each that may end, and one more. */
    public int preparedBatches(int callers) {
        return Math.max(preparedBatches, callers + 1);
    }

    public FlowSettings withLanes(List<String> names) {
        return new FlowSettings(names, readersPerLane, batchesPerPoll, preparedBatches, publishStarted, drain);
    }

    public FlowSettings withReaders(int perLane, int batches) {
        return new FlowSettings(lanes, perLane, batches, preparedBatches, publishStarted, drain);
    }

    public FlowSettings withPublishStarted(boolean publish) {
        return new FlowSettings(lanes, readersPerLane, batchesPerPoll, preparedBatches, publish, drain);
    }
}
