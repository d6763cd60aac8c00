package io.unifluid.worker;

import io.unifluid.schemas.Topics;
import java.util.List;

/**
 * A lane as a worker serves it.
 *
 * @param rank its place in the order of service, 0 first
 */
record Lane(String name, int rank) {
    /** Lanes in the order of service, whatever order they are given in. */
    static List<Lane> of(List<String> names) {
        return names.stream()
                .distinct()
                .map(name -> new Lane(name, Topics.LANES.indexOf(name)))
                .sorted(java.util.Comparator.comparingInt(Lane::rank))
                .toList();
    }

    boolean interactive() {
        return name.endsWith("-interactive");
    }

    String topic() {
        return Topics.work(name).name();
    }

    String group() {
        return "unifluid-workers-" + name;
    }
}
