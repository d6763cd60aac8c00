package io.unifluid.cli;

import java.time.Instant;
import picocli.CommandLine.Option;

/** How far back is looked. */
final class SinceOption {
    private static final String NAME = "--since";

    @Option(
            names = NAME,
            paramLabel = "AGE",
            defaultValue = "7d",
            description = "not older: 90s, 10m, 24h, 7d, or an instant (default: ${DEFAULT-VALUE})")
    private String since;

    /** @throws IllegalArgumentException one sentence, when it is neither */
    Instant instant() {
        return Ages.since(NAME, since, Instant.now());
    }
}
