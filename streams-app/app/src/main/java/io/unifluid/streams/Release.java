package io.unifluid.streams;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;

/**
 * Admission's word to batching that an attempt is over, whatever its end: a record without a value on the schedule
 * topic, in order with the hand-outs of the same shard.
 */
record Release(String requestId, int attempt) {
    private static final String REQUEST = "unifluid.released.request";
    private static final String ATTEMPT = "unifluid.released.attempt";

    void addTo(Headers headers) {
        headers.add(REQUEST, requestId.getBytes(StandardCharsets.UTF_8));
        headers.add(ATTEMPT, ByteBuffer.allocate(Integer.BYTES).putInt(attempt).array());
    }

    static Optional<Release> from(Headers headers) {
        var request = headers.lastHeader(REQUEST);
        var attempt = headers.lastHeader(ATTEMPT);
        return request == null || attempt == null
                ? Optional.empty()
                : Optional.of(new Release(
                        new String(request.value(), StandardCharsets.UTF_8),
                        ByteBuffer.wrap(attempt.value()).getInt()));
    }
}
