package io.unifluid.scheduling.task;

import java.util.List;

/**
 * All that scheduling knows of one task, as it was asked for: its lane, what its batch, its limits and its answer depend
 * on, and its cost. One class for each task; nothing else in scheduling tells tasks apart.
 */
public sealed interface TaskKind permits CaptionKind, VqaKind, GenerateKind, EditKind {
    /** Every task's name, in the order in which they are told to callers. */
    List<String> NAMES = List.of(CaptionKind.NAME, VqaKind.NAME, GenerateKind.NAME, EditKind.NAME);

    static TaskKind of(Task task) {
        return switch (task) {
            case Task.Caption caption -> new CaptionKind(caption);
            case Task.Vqa vqa -> new VqaKind(vqa);
            case Task.Generate generate -> new GenerateKind(generate);
            case Task.Edit edit -> new EditKind(edit);
        };
    }

    /** The task's name in buckets, keys and messages, as models say it too. */
    String name();

    /** @param interactive whether somebody waits for the answer */
    Lane lane(boolean interactive);

    /** Whether it works on a picture; else it must have none. */
    boolean readsPicture();

    /**
     * Everything that the caller says, in the order in which a caller should hear of what is wrong. The order is part of
     * the computation key, so that a change of it leaves all kept answers.
     */
    List<Parameter> parameters();

    /** Expected service time by itself, in the milliseconds of {@link CostModel}; above zero. */
    double cost(CostModel costs);

    /** What makes it so dear, as the end of a sentence: "for its caption". */
    String expense();

    /** What to do about it, as the end of a sentence: "shorten the hint". */
    String saving();
}
