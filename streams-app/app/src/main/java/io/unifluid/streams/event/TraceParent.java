package io.unifluid.streams.event;

import io.unifluid.schemas.RecordHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Headers;

/** The caller's trace, W3C Trace Context: what does not follow its grammar is left behind, since it goes into the result. */
public final class TraceParent {
    private static final int LENGTH = 55;
    private static final Pattern GRAMMAR =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    public static Optional<String> of(Headers headers) {
        return Optional.ofNullable(headers.lastHeader(RecordHeaders.TRACEPARENT))
                .map(header -> header.value())
                .filter(value -> value.length == LENGTH)
                .map(value -> new String(value, StandardCharsets.US_ASCII))
                .filter(text -> GRAMMAR.matcher(text).matches());
    }

    private TraceParent() {}
}
