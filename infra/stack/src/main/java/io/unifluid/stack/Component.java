package io.unifluid.stack;

import java.util.Locale;

/** The processes of the stack, in the order in which they start. */
public enum Component {
    BROKER("broker"),
    REGISTRY("registry"),
    STREAMS("streams app"),
    WORKER("worker"),
    MODERATION("moderation app"),
    GATEWAY("gateway");

    private final String title;

    Component(String title) {
        this.title = title;
    }

    /** Whether a stack can do without it. */
    boolean isOptional() {
        return switch (this) {
            case BROKER, REGISTRY, STREAMS, WORKER -> false;
            case MODERATION, GATEWAY -> true;
        };
    }

    /** For people. */
    public String title() {
        return title;
    }

    /** For file names and settings. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
