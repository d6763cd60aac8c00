package io.unifluid.worker.config;

import io.unifluid.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

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
 * @param group of workers that run the same model and get what only that does; empty for the group of all
 */
public record FlowSettings(
        List<String> lanes,
        int readersPerLane,
        int batchesPerPoll,
        int preparedBatches,
        boolean publishStarted,
        Duration drain,
        String group) {
    private static final Pattern GROUP = Pattern.compile("[A-Za-z0-9._-]{0,64}");

    public FlowSettings {
        lanes = List.copyOf(lanes);
        if (!GROUP.matcher(group).matches()) {
            throw new IllegalArgumentException(
                    "group is '" + group + "'; give a name of letters, digits and . _ -, 64 at most, or none.");
        }
        if (lanes.isEmpty() || !Topics.LANES.containsAll(lanes)) {
            throw new IllegalArgumentException("lanes is " + lanes + "; give one or more of " + Topics.LANES + ".");
        }
    }

    /** All lanes, two readers each with two batches, three prepared, started reports, 30 s to end. */
    public static FlowSettings defaults() {
        return new FlowSettings(Topics.LANES, 2, 2, 3, true, Duration.ofSeconds(30), "");
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
        return new FlowSettings(names, readersPerLane, batchesPerPoll, preparedBatches, publishStarted, drain, group);
    }

    public FlowSettings withReaders(int perLane, int batches) {
        return new FlowSettings(lanes, perLane, batches, preparedBatches, publishStarted, drain, group);
    }

    public FlowSettings withGroup(String name) {
        return new FlowSettings(lanes, readersPerLane, batchesPerPoll, preparedBatches, publishStarted, drain, name);
    }

    public FlowSettings withPublishStarted(boolean publish) {
        return new FlowSettings(lanes, readersPerLane, batchesPerPoll, preparedBatches, publish, drain, group);
    }
}
