package io.unifluid.schemas;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** A queue of batches, with a topic of its own that a share group reads. */
public enum WorkLane {
    UNDERSTAND_INTERACTIVE("understand-interactive", 0, true),
    GENERATE_INTERACTIVE("generate-interactive", 1, true),
    UNDERSTAND_BULK("understand-bulk", 2, false),
    GENERATE_BULK("generate-bulk", 3, false);

    /** In the order of service. */
    public static final List<WorkLane> RANKED = Arrays.stream(values())
            .sorted(Comparator.comparingInt(WorkLane::rank))
            .toList();

    private final String laneName;
    private final int rank;
    private final boolean interactive;

    WorkLane(String laneName, int rank, boolean interactive) {
        this.laneName = laneName;
        this.rank = rank;
        this.interactive = interactive;
    }

    /** Its name in topics, records and settings, for example {@code understand-interactive}. */
    public String laneName() {
        return laneName;
    }

    /** Its place in the order in which a worker serves lanes, 0 first. */
    public int rank() {
        return rank;
    }

    /** Whether somebody waits for the answers. */
    public boolean interactive() {
        return interactive;
    }

    /** @throws IllegalArgumentException naming the lanes, when there is none of this name */
    public static WorkLane named(String laneName) {
        return RANKED.stream()
                .filter(lane -> lane.laneName.equals(laneName))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Unknown lane '" + laneName + "'; the lanes are "
                        + RANKED.stream().map(WorkLane::laneName).toList() + "."));
    }
}
