package io.unifluid.streams.event;

import io.unifluid.schemas.Outcome;
import io.unifluid.schemas.RecordHeaders;
import io.unifluid.schemas.Topics;
import org.apache.kafka.common.header.Headers;

/**
 * What was reported of a request.
 *
 * @param bytes the report as received
 * @param reused it was computed for another request with the same content
 */
public record WorkerOutcome(Outcome outcome, byte[] bytes, boolean reused) {
    /** So that a record that carries it beside names and numbers still fits where it fitted. */
    private static final int MOST_CARRIED_BYTES = Topics.MAX_RECORD_BYTES - 64 * 1024;

    public static WorkerOutcome of(Outcome outcome, byte[] bytes, Headers headers) {
        return new WorkerOutcome(outcome, bytes, headers.lastHeader(RecordHeaders.REUSED) != null);
    }

    /** Whether a failure may lie in where the request's bytes were to be had: then it is nobody else's. */
    public boolean ownBytes() {
        return switch (outcome.getStage()) {
            case FETCH, UNKNOWN -> true;
            case PREPARE, RUN -> false;
        };
    }

    /** Whether others may be answered with it. */
    public boolean answersOthers() {
        return !reused && bytes.length <= MOST_CARRIED_BYTES;
    }
}
