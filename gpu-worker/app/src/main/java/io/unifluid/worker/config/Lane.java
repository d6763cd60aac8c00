package io.unifluid.worker.config;

import io.unifluid.schemas.Topics;
import java.util.List;

/**
 * A lane as a worker serves it.
 *
 * @param rank its place in the order of service, 0 first
 */
public record Lane(String name, int rank) {
    /** Lanes in the order of service, whatever order they are given in. */
    public static List<Lane> of(List<String> names) {
        return names.stream()
                .distinct()
                .map(name -> new Lane(name, Topics.LANES.indexOf(name)))
                .sorted(java.util.Comparator.comparingInt(Lane::rank))
                .toList();
    }

    public boolean interactive() {
        return name.endsWith("-interactive");
    }

    public String topic() {
        return Topics.work(name).name();
    }

    public String group() {
        return "unifluid-workers-" + name;
    }
}
