package io.unifluid.client;

import io.unifluid.schemas.CaptionOutput;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.VqaOutput;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What became of one file.
 *
 * @param requestId absent when nothing was sent
 * @param result absent when nothing was sent, or nothing came back
 * @param latency from sending to reading the result, waiting in line included
 * @param failure absent exactly when the request succeeded
 */
public record Answered(
        Path file,
        Optional<String> requestId,
        Optional<InferenceResult> result,
        Duration latency,
        Optional<Failure> failure) {
    private static final String NOT_SENT = "NOT_SENT";
    /** As the result's field says. */
    private static final double OUTSIDE = 0.5;

    static Answered of(Path file, InferenceResult result, Duration latency) {
        var ok = result.getStatus() == ResultStatus.SUCCEEDED && result.getOutput() != null;
        return new Answered(
                file,
                Optional.of(result.getRequestId()),
                Optional.of(result),
                latency,
                ok ? Optional.empty() : Optional.of(Failure.of(result)));
    }

    /** The file was not sent. */
    public static Answered unsent(Path file, Failure failure) {
        return new Answered(file, Optional.empty(), Optional.empty(), Duration.ZERO, Optional.of(failure));
    }

    /** It was sent, and nobody waits for its result any more. */
    static Answered unanswered(Path file, String requestId, String why) {
        var failure = new Failure(Failure.UNANSWERED, why);
        return new Answered(file, Optional.of(requestId), Optional.empty(), Duration.ZERO, Optional.of(failure));
    }

    /** As in the result, or {@code NOT_SENT}, or {@code UNANSWERED}. */
    public String status() {
        return result.map(came -> came.getStatus().toString()).orElse(unanswered() ? Failure.UNANSWERED : NOT_SENT);
    }

    /** Sent, and without a result. */
    boolean unanswered() {
        return requestId.isPresent() && result.isEmpty();
    }

    public boolean succeeded() {
        return failure.isEmpty();
    }

    /** Whether its picture is unlike those that the model was trained on, so that its answer is not to be relied on. */
    public boolean outsideDomain() {
        return result.filter(Answered::outsideDomain).isPresent();
    }

    /** Whether a result's picture is unlike those that its model was trained on. */
    public static boolean outsideDomain(InferenceResult result) {
        return result.getDomain() != null && result.getDomain() > OUTSIDE;
    }

    /** Of a request for a caption that succeeded. */
    public Optional<CaptionOutput> caption() {
        return output(CaptionOutput.class);
    }

    /** Of questions that were answered. */
    public Optional<VqaOutput> answers() {
        return output(VqaOutput.class);
    }

    private <T> Optional<T> output(Class<T> type) {
        return succeeded()
                ? result.map(InferenceResult::getOutput)
                        .filter(type::isInstance)
                        .map(type::cast)
                : Optional.empty();
    }
}
