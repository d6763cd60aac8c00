package io.unifluid.streams.event;

import io.unifluid.scheduling.reuse.AttemptOutcome;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;

/**
 * Reads the end of an attempt as it was told before it had a schema: a record without a value, with headers; its lane is
 * in the key. What lies on the topic at an upgrade is of this form.
 */
public final class FirstAttemptEndedForm {
    private static final String REQUEST = "unifluid.released.request";
    private static final String ATTEMPT = "unifluid.released.attempt";
    private static final String KEY = "unifluid.released.key";
    private static final String ENDING = "unifluid.released.ending";
    private static final String REPORT = "unifluid.released.report";

    /** Empty when the record does not tell of an attempt's end. */
    public static Optional<AttemptEnded> read(String key, Headers headers) {
        var request = headers.lastHeader(REQUEST);
        var attempt = headers.lastHeader(ATTEMPT);
        return request == null || attempt == null
                ? Optional.empty()
                : Optional.of(new AttemptEnded(
                        text(request.value()),
                        ByteBuffer.wrap(attempt.value()).getInt(),
                        Shards.lane(key),
                        shared(headers)));
    }

    private static Optional<AttemptEnded.Shared> shared(Headers headers) {
        var key = headers.lastHeader(KEY);
        var ending = headers.lastHeader(ENDING);
        if (key == null || ending == null) {
            return Optional.empty();
        }
        var report = Optional.ofNullable(headers.lastHeader(REPORT)).map(header -> header.value());
        return Optional.of(
                new AttemptEnded.Shared(text(key.value()), AttemptOutcome.valueOf(text(ending.value())), report));
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private FirstAttemptEndedForm() {}
}
