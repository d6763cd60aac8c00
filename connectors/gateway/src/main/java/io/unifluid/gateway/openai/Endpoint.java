package io.unifluid.gateway.openai;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The paths whose bodies may stand in the lines of a batch. */
public enum Endpoint {
    CHAT_COMPLETIONS("/v1/chat/completions"),
    IMAGES_GENERATIONS("/v1/images/generations"),
    IMAGES_EDITS("/v1/images/edits");

    private final String path;

    Endpoint(String path) {
        this.path = path;
    }

    public String path() {
        return path;
    }

    public static Optional<Endpoint> of(String path) {
        return Arrays.stream(values()).filter(one -> one.path.equals(path)).findFirst();
    }

    /** All of them, for sentences. */
    public static String paths() {
        return Arrays.stream(values()).map(Endpoint::path).collect(Collectors.joining(", "));
    }
}
