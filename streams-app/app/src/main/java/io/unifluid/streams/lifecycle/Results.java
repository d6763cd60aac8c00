package io.unifluid.streams.lifecycle;

import io.unifluid.scheduling.lifecycle.Effect;
import io.unifluid.schemas.InferenceResult;
import io.unifluid.schemas.Outcome;
import io.unifluid.schemas.RecordHeaders;
import io.unifluid.schemas.ResultError;
import io.unifluid.schemas.ResultStatus;
import io.unifluid.schemas.Timings;
import io.unifluid.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;

/** Assembles the one visible result of a request, and its headers. */
final class Results {
    static final String CE_TYPE = "io.unifluid.result.v1";
    static final String CE_SOURCE = "/unifluid/streams";

    /**
     * The result record.
     *
     * @param outcome the report that settled it; empty when something else did, for example a deadline
     * @param reused the report was computed for another request with the same content
     * @param attempts dispatches that it took
     */
    static InferenceResult assemble(
            String requestId,
            String tenant,
            RequestMetadata metadata,
            Effect.Settle settle,
            Optional<Outcome> outcome,
            boolean reused,
            int attempts,
            Instant admittedAt,
            Instant now) {
        var status = Ends.result(settle.status());
        boolean succeeded = status == ResultStatus.SUCCEEDED;
        return new InferenceResult(
                requestId,
                tenant,
                status,
                succeeded ? outcome.map(Outcome::getOutput).orElse(null) : null,
                succeeded ? null : new ResultError(settle.reasonKind(), settle.message()),
                outcome.map(Outcome::getModel).orElse(null),
                outcome.map(Outcome::getDomain).orElse(null),
                attempts,
                outcome.map(o -> timings(o, metadata, admittedAt, now)).orElse(null),
                outcome.map(Outcome::getBatch).orElse(null),
                reused,
                metadata.submittedAt(),
                now,
                metadata.labels());
    }

    /** A result for a reply topic that does not take all of it. */
    static InferenceResult withoutOutput(InferenceResult result, String topic) {
        return InferenceResult.newBuilder(result)
                .setOutput(null)
                .setError(new ResultError(
                        "TOO_LARGE",
                        "The result is larger than a record on " + topic + " may be: read it from "
                                + Topics.RESULTS.name() + "."))
                .build();
    }

    /** The worker's timings; what it left at zero is filled in from this side's clock where this side knows it. */
    private static Timings timings(Outcome outcome, RequestMetadata metadata, Instant admittedAt, Instant now) {
        var timings = outcome.getTimings() == null
                ? new Timings(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
                : Timings.newBuilder(outcome.getTimings()).build();
        if (timings.getQueued() == 0) {
            timings.setQueued(millis(admittedAt, metadata.scheduledAt()));
        }
        if (outcome.getAt().toEpochMilli() > 0) {
            timings.setPublish(millis(outcome.getAt(), now));
        }
        return timings;
    }

    private static double millis(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toMillis());
    }

    /** CloudEvents attributes, and the caller's trace. */
    static void addHeaders(Headers headers, String requestId, RequestMetadata metadata) {
        headers.add(RecordHeaders.CE_SPECVERSION, utf8("1.0"));
        headers.add(RecordHeaders.CE_ID, utf8(requestId));
        headers.add(RecordHeaders.CE_TYPE, utf8(CE_TYPE));
        headers.add(RecordHeaders.CE_SOURCE, utf8(CE_SOURCE));
        metadata.traceparent().ifPresent(trace -> headers.add(RecordHeaders.TRACEPARENT, utf8(trace)));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Results() {}
}
