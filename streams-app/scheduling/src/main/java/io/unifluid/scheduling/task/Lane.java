package io.unifluid.scheduling.task;

import java.util.Arrays;

/**
 * A queue of its own, so that a long generation never blocks a short question. Declared in the order in which a worker
 * serves them.
 */
public enum Lane {
    UNDERSTAND_INTERACTIVE("understand-interactive", true),
    GENERATE_INTERACTIVE("generate-interactive", true),
    UNDERSTAND_BULK("understand-bulk", false),
    GENERATE_BULK("generate-bulk", false);

    private final String topicSuffix;
    private final boolean interactive;

    Lane(String topicSuffix, boolean interactive) {
        this.topicSuffix = topicSuffix;
        this.interactive = interactive;
    }

    /** The lane's name in topics and records, for example {@code understand-interactive}. */
    public String topicSuffix() {
        return topicSuffix;
    }

    /** Whether somebody waits for the answer. */
    public boolean interactive() {
        return interactive;
    }

    /** The lane of a task. */
    public static Lane of(Task task, boolean interactive) {
        return TaskKind.of(task).lane(interactive);
    }

    /** @throws IllegalArgumentException naming the known lanes, when there is none with this suffix */
    public static Lane ofTopicSuffix(String topicSuffix) {
        return Arrays.stream(values())
                .filter(lane -> lane.topicSuffix.equals(topicSuffix))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Unknown lane '" + topicSuffix + "'; the lanes are "
                        + Arrays.stream(values()).map(Lane::topicSuffix).toList() + "."));
    }
}
