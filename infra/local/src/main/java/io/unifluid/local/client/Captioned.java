package io.unifluid.local.client;

import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ResultStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What became of one file.
 *
 * @param result absent when the request could not be sent
 * @param latency from sending to reading the result, waiting in line included
 * @param problem one sentence when there is no caption
 */
public record Captioned(Path file, Optional<InferenceResult> result, Duration latency, Optional<String> problem) {
    static Captioned of(Path file, InferenceResult result, Duration latency) {
        var ok = result.getStatus() == ResultStatus.SUCCEEDED && result.getOutput() instanceof CaptionOutput;
        var problem = ok
                ? Optional.<String>empty()
                : Optional.of(
                        result.getError() == null
                                ? "It ended as " + result.getStatus() + "."
                                : result.getError().getMessage());
        return new Captioned(file, Optional.of(result), latency, problem);
    }

    static Captioned failed(Path file, String problem) {
        return new Captioned(file, Optional.empty(), Duration.ZERO, Optional.of(problem));
    }

    public Optional<CaptionOutput> caption() {
        return problem.isPresent() ? Optional.empty() : result.map(r -> (CaptionOutput) r.getOutput());
    }
}
