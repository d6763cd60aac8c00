package io.unifluid.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/** What both kinds of drawing take; the topology judges the values. */
final class DrawOptions {
    @Option(names = "--seed", paramLabel = "N", description = "the same seed gives the same picture (default: random)")
    private Long seed;

    @Option(names = "--steps", paramLabel = "N", description = "denoising steps per token (default: the model's)")
    private int steps;

    @Option(names = "--guidance", paramLabel = "X", description = "guidance scale (default: the model's)")
    private Double guidance;

    Optional<Long> seed() {
        return Optional.ofNullable(seed);
    }

    int steps() {
        return steps;
    }

    Optional<Double> guidance() {
        return Optional.ofNullable(guidance);
    }
}
