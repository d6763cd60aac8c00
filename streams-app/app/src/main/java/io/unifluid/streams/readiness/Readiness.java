package io.unifluid.streams.readiness;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether requests are being taken, and why not: every check has nothing to say, or one sentence. They are asked anew each
 * time, and look at what is known; none of them waits for anybody.
 */
public record Readiness(List<Check> checks) {
    /** @param trouble one sentence: what is wrong and what to do */
    public record Check(String name, Supplier<Optional<String>> trouble) {}

    public Readiness {
        checks = List.copyOf(checks);
    }

    /** One line for each check that has something to say, its name in front. */
    public List<String> troubles() {
        return checks.stream()
                .flatMap(check -> check.trouble().get().stream().map(sentence -> check.name() + ": " + sentence))
                .toList();
    }
}
