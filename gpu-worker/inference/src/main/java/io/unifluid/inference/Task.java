package io.unifluid.inference;

import java.util.Locale;
import java.util.Optional;

/** What a model can be asked to do; the names in a bundle's {@code tasks} are these in lower case. */
public enum Task {
    CAPTION,
    VQA,
    GENERATE,
    EDIT;

    static Optional<Task> parse(String name) {
        for (Task task : values()) {
            if (task.name().toLowerCase(Locale.ROOT).equals(name)) {
                return Optional.of(task);
            }
        }
        return Optional.empty();
    }
}
