package io.unifluid.streams.event;

import io.unifluid.scheduling.reuse.AttemptOutcome;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;

/**
 * Admission's word to batching that an attempt is over, whatever its end: a record without a value on the schedule
 * topic, in order with the hand-outs of the same shard.
 *
 * @param shared what requests with the same content must know; empty when the request shares with none
 */
public record AttemptEnded(String requestId, int attempt, Optional<Shared> shared) {
    /**
     * How it ended.
     *
     * @param report the outcome that ended it, encoded; empty when none did, or when it is itself another one's
     */
    public record Shared(String key, AttemptOutcome ending, Optional<byte[]> report) {}

    private static final String REQUEST = "unifluid.released.request";
    private static final String ATTEMPT = "unifluid.released.attempt";
    private static final String KEY = "unifluid.released.key";
    private static final String ENDING = "unifluid.released.ending";
    private static final String REPORT = "unifluid.released.report";

    /** The same where the report is too large to be carried. */
    public AttemptEnded withoutReport() {
        return new AttemptEnded(
                requestId, attempt, shared.map(with -> new Shared(with.key(), with.ending(), Optional.empty())));
    }

    public void addTo(Headers headers) {
        headers.add(REQUEST, utf8(requestId));
        headers.add(ATTEMPT, ByteBuffer.allocate(Integer.BYTES).putInt(attempt).array());
        shared.ifPresent(with -> {
            headers.add(KEY, utf8(with.key()));
            headers.add(ENDING, utf8(with.ending().name()));
            with.report().ifPresent(report -> headers.add(REPORT, report));
        });
    }

    public static Optional<AttemptEnded> from(Headers headers) {
        var request = headers.lastHeader(REQUEST);
        var attempt = headers.lastHeader(ATTEMPT);
        return request == null || attempt == null
                ? Optional.empty()
                : Optional.of(new AttemptEnded(
                        text(request.value()), ByteBuffer.wrap(attempt.value()).getInt(), shared(headers)));
    }

    private static Optional<Shared> shared(Headers headers) {
        var key = headers.lastHeader(KEY);
        var ending = headers.lastHeader(ENDING);
        if (key == null || ending == null) {
            return Optional.empty();
        }
        var report = Optional.ofNullable(headers.lastHeader(REPORT)).map(header -> header.value());
        return Optional.of(new Shared(text(key.value()), AttemptOutcome.valueOf(text(ending.value())), report));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
