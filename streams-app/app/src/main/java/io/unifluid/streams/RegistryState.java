package io.unifluid.streams;

import java.util.Optional;

/** What the schema registry said last, to whoever asked it. Thread-safe. */
final class RegistryState {
    private volatile String trouble;

    /** @param sentence why it could not be asked, and what to do */
    void away(String sentence) {
        trouble = sentence;
    }

    void answered() {
        trouble = null;
    }

    Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }
}
