package io.unifluid.scheduling.task;

import java.util.Arrays;
import java.util.Locale;

/** A queue of its own, so that a long generation never blocks a short question. */
public enum Lane {
    UNDERSTAND_INTERACTIVE(true),
    GENERATE_INTERACTIVE(true),
    UNDERSTAND_BULK(false),
    GENERATE_BULK(false);

    private final String topicSuffix = name().toLowerCase(Locale.ROOT).replace('_', '-');
    private final boolean interactive;

    Lane(boolean interactive) {
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
