package io.unifluid.moderation.file;

import java.util.List;

/** A file that people wrote cannot be taken; one sentence for each thing that is wrong, with the field's name in front. */
public final class BadFileException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final transient List<String> problems;

    public BadFileException(String file, List<String> problems) {
        super(file + " cannot be taken: " + String.join(" ", problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}
