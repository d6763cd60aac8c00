package io.unifluid.scheduling.task;

import java.util.Set;

/**
 * A model that at least one worker runs now.
 *
 * @param identity what its answers depend on: family, name and version
 * @param names how requests may call it; the longest one names the version too
 * @param tasks names of the tasks that it does
 */
public record RunningModel(String identity, Set<String> names, Set<String> tasks) {
    public RunningModel {
        names = Set.copyOf(names);
        tasks = Set.copyOf(tasks);
    }
}
