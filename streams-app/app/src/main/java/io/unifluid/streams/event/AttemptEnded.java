package io.unifluid.streams.event;

import io.unifluid.scheduling.reuse.AttemptOutcome;
import io.unifluid.scheduling.task.Lane;
import io.unifluid.schemas.SharedEnd;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Admission's word to batching that an attempt is over, whatever its end; in order with the dispatches of the same shard.
 *
 * @param shared what requests with the same content must know; empty when the request shares with none
 */
public record AttemptEnded(String requestId, int attempt, Lane lane, Optional<Shared> shared) {
    /**
     * How it ended.
     *
     * @param report the outcome that ended it, encoded; empty when none did, or when it is itself another one's
     */
    public record Shared(String computationKey, AttemptOutcome outcome, Optional<byte[]> report) {}

    /** The same where the report is too large to be carried. */
    public AttemptEnded withoutReport() {
        return new AttemptEnded(
                requestId,
                attempt,
                lane,
                shared.map(with -> new Shared(with.computationKey(), with.outcome(), Optional.empty())));
    }

    /** As it travels, with others that ended together with it. */
    public io.unifluid.schemas.AttemptEnded told(List<AttemptEnded> others) {
        var told = told();
        told.setOthers(others.stream().map(AttemptEnded::told).toList());
        return told;
    }

    /** As it travels. */
    public io.unifluid.schemas.AttemptEnded told() {
        return new io.unifluid.schemas.AttemptEnded(
                requestId,
                attempt,
                lane.topicSuffix(),
                shared.map(with -> new SharedEnd(
                                with.computationKey(),
                                told(with.outcome()),
                                with.report().map(ByteBuffer::wrap).orElse(null)))
                        .orElse(null),
                List.of());
    }

    /** @throws IllegalArgumentException one sentence, if there is no such lane */
    public static AttemptEnded of(io.unifluid.schemas.AttemptEnded told) {
        return new AttemptEnded(
                told.getRequestId(),
                told.getAttempt(),
                Lane.ofTopicSuffix(told.getLane()),
                Optional.ofNullable(told.getShared())
                        .map(with -> new Shared(
                                with.getComputationKey(),
                                outcome(with.getOutcome()),
                                Optional.ofNullable(with.getReport()).map(AttemptEnded::bytes))));
    }

    private static io.unifluid.schemas.AttemptOutcome told(AttemptOutcome outcome) {
        return switch (outcome) {
            case SUCCEEDED -> io.unifluid.schemas.AttemptOutcome.SUCCEEDED;
            case FAILED_FOR_GOOD -> io.unifluid.schemas.AttemptOutcome.FAILED_FOR_GOOD;
            case AGAIN -> io.unifluid.schemas.AttemptOutcome.AGAIN;
            case GONE -> io.unifluid.schemas.AttemptOutcome.GONE;
        };
    }

    private static AttemptOutcome outcome(io.unifluid.schemas.AttemptOutcome told) {
        return switch (told) {
            case SUCCEEDED -> AttemptOutcome.SUCCEEDED;
            case FAILED_FOR_GOOD -> AttemptOutcome.FAILED_FOR_GOOD;
            case AGAIN -> AttemptOutcome.AGAIN;
            case GONE, UNKNOWN -> AttemptOutcome.GONE;
        };
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
