package io.unifluid.worker.config;

import io.unifluid.schemas.Topics;
import io.unifluid.schemas.WorkLane;
import java.util.Comparator;
import java.util.List;

/**
 * A lane as a worker serves it.
 *
 * @param rank its place in the order of service, 0 first
 * @param ownGroup of this worker and those that run the same model; empty for the group of all
 */
public record Lane(String name, int rank, String ownGroup) {
    /** As a worker in the group of all serves it. */
    public Lane(String name, int rank) {
        this(name, rank, "");
    }

    /** Lanes in the order of service, whatever order they are given in. */
    public static List<Lane> of(List<String> names) {
        return of(names, "");
    }

    public static List<Lane> of(List<String> names, String ownGroup) {
        return names.stream()
                .distinct()
                .map(name -> new Lane(name, WorkLane.named(name).rank(), ownGroup))
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
        return "unifluid-workers-" + name + (ownGroup.isEmpty() ? "" : "-" + ownGroup);
    }
}
