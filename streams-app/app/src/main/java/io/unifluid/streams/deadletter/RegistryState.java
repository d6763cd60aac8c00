package io.unifluid.streams.deadletter;

import java.util.Optional;

/** What the schema registry said last, to whoever asked it. Thread-safe. */
public final class RegistryState {
    private volatile String trouble;

    /** @param sentence why it could not be asked, and what to do */
    public void away(String sentence) {
        trouble = sentence;
    }

    public void answered() {
        trouble = null;
    }

    public Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }
}
