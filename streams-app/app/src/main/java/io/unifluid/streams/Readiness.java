package io.unifluid.streams;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether requests are being taken, and why not: every check has nothing to say, or one sentence. They are asked anew each
 * time, and look at what is known; none of them waits for anybody.
 */
record Readiness(List<Check> checks) {
    /** @param trouble one sentence: what is wrong and what to do */
    record Check(String name, Supplier<Optional<String>> trouble) {}

    Readiness {
        checks = List.copyOf(checks);
    }

    /** One line for each check that has something to say, its name in front. */
    List<String> troubles() {
        return checks.stream()
                .flatMap(check -> check.trouble().get().stream().map(sentence -> check.name() + ": " + sentence))
                .toList();
    }
}
