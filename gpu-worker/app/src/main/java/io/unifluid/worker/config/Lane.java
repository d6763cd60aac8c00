package io.unifluid.worker.config;

import io.unifluid.schemas.Topics;
import io.unifluid.schemas.WorkLane;
import java.util.Comparator;
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
                .map(name -> new Lane(name, WorkLane.named(name).rank()))
                .sorted(Comparator.comparingInt(Lane::rank))
                .toList();
    }

    public boolean interactive() {
        return WorkLane.named(name).interactive();
    }

    public String topic() {
        return Topics.work(name).name();
    }

    public String group() {
        return "unifluid-workers-" + name;
    }
}
