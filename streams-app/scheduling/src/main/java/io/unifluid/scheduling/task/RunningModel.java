package io.unifluid.scheduling.task;

import java.util.Set;

/**
 * A model that at least one worker runs now.
 *
 * @param identity what its answers depend on: family, name and version
 * @param names how requests may call it; the longest one names the version too
 * @param tasks names of the tasks that it does
 * @param group the share group of its workers, empty for the common one
 */
public record RunningModel(String identity, Set<String> names, Set<String> tasks, String group) {
    public RunningModel {
        names = Set.copyOf(names);
        tasks = Set.copyOf(tasks);
    }

    /** One whose workers are in the common group. */
    public RunningModel(String identity, Set<String> names, Set<String> tasks) {
        this(identity, names, tasks, "");
    }

    /** Whether it runs a bucket. */
    public boolean serves(Buckets.Needs needs) {
        return tasks.contains(needs.task())
                && needs.model().map(names::contains).orElse(true);
    }
}
