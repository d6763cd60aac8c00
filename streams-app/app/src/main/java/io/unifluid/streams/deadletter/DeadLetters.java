package io.unifluid.streams.deadletter;

import static io.unifluid.schemas.RecordHeaders.DLQ_HEADERS_MISSING;
import static io.unifluid.schemas.RecordHeaders.DLQ_KEY_BYTES;
import static io.unifluid.schemas.RecordHeaders.DLQ_KEY_SHA256;
import static io.unifluid.schemas.RecordHeaders.DLQ_RECORDS_MISSING;
import static io.unifluid.schemas.RecordHeaders.DLQ_VALUE_BYTES;
import static io.unifluid.schemas.RecordHeaders.DLQ_VALUE_SHA256;

import io.unifluid.schemas.DeadLetterHeaders;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.reading.ReaderNote;
import io.unifluid.streams.event.BoundedBytes;
import io.unifluid.streams.event.RecordLimits;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Makes dead letters that fit their topic: whole where that is possible; else without the rest of the value, of the headers
 * and of the key, in this order, and with headers that say what is missing. Their timestamp is the time of writing.
 */
public final class DeadLetters {
    private static final int[] HEADS = {BoundedBytes.HEAD, 1024};

    private final RecordLimits limits;

    public DeadLetters(RecordLimits limits) {
        this.limits = limits;
    }

    /**
     * @param key as it came, as far as it is known
     * @param value as it came, as far as it is known
     * @param own the record's own headers; not changed
     * @param reason one sentence
     */
    public ProducerRecord<byte[], byte[]> letter(
            DeadLetterHeaders.Origin origin, byte[] key, byte[] value, Headers own, String reason, Instant at) {
        var cut = new Cut(key, value, own);
        var headers = cut.described(origin, reason, at);
        for (int head : HEADS) {
            for (var part : Part.values()) {
                if (RecordLimits.bytes(cut.key, cut.value, headers) > limits.most(Topics.DEAD_LETTERS)) {
                    cut.to(part, head);
                    headers = cut.described(origin, reason, at);
                }
            }
        }
        return new ProducerRecord<>(Topics.DEAD_LETTERS, null, at.toEpochMilli(), cut.key, cut.value, headers);
    }

    /** In the order in which they are given up. */
    private enum Part {
        VALUE,
        HEADERS,
        KEY
    }

    /** A record, and what is missing of it: from the beginning, or since it was cut. */
    private static final class Cut {
        private final Map<String, String> facts = new LinkedHashMap<>();
        private byte[] key;
        private byte[] value;
        private List<Header> own;

        Cut(byte[] key, byte[] value, Headers own) {
            this.key = key;
            this.value = value;
            this.own = Arrays.stream(own.toArray())
                    .filter(header -> !DeadLetterHeaders.NAMES.contains(header.key()))
                    .toList();
            for (var name : List.of(
                    DLQ_VALUE_BYTES,
                    DLQ_VALUE_SHA256,
                    DLQ_KEY_BYTES,
                    DLQ_KEY_SHA256,
                    DLQ_HEADERS_MISSING,
                    DLQ_RECORDS_MISSING)) {
                var known = ReaderNote.last(own, name);
                if (known != null) {
                    facts.put(name, known.text());
                }
            }
        }

        void to(Part part, int head) {
            switch (part) {
                case VALUE -> value = head(value, head, DLQ_VALUE_BYTES, DLQ_VALUE_SHA256);
                case KEY -> key = head(key, head, DLQ_KEY_BYTES, DLQ_KEY_SHA256);
                case HEADERS -> {
                    var kept = BoundedBytes.head(own.toArray(Header[]::new), head);
                    int missing = own.size() - kept.size();
                    if (missing > 0) {
                        facts.merge(DLQ_HEADERS_MISSING, Integer.toString(missing), Cut::sum);
                    }
                    own = kept;
                }
            }
        }

        private byte[] head(byte[] bytes, int head, String length, String hash) {
            if (bytes == null || bytes.length <= head) {
                return bytes;
            }
            if (facts.putIfAbsent(length, Integer.toString(bytes.length)) == null) {
                facts.put(hash, BoundedBytes.sha256(ByteBuffer.wrap(bytes)));
            }
            return Arrays.copyOf(bytes, head);
        }

        private static String sum(String one, String other) {
            return Long.toString(Long.parseLong(one) + Long.parseLong(other));
        }

        /** Ours in front: whoever reads a record with very many headers, or large ones, is handed the first. */
        Headers described(DeadLetterHeaders.Origin origin, String reason, Instant at) {
            var headers = new RecordHeaders();
            DeadLetterHeaders.describe(headers, origin, reason, at);
            if (!facts.isEmpty()) {
                facts.forEach((name, fact) -> headers.add(name, BoundedBytes.ascii(fact)));
                DeadLetterHeaders.truncated(headers, missing());
            }
            own.forEach(headers::add);
            return headers;
        }

        private String missing() {
            var missing = new ArrayList<String>();
            if (facts.containsKey(DLQ_VALUE_BYTES)) {
                missing.add(missing("value", value, facts.get(DLQ_VALUE_BYTES)));
            }
            if (facts.containsKey(DLQ_KEY_BYTES)) {
                missing.add(missing("key", key, facts.get(DLQ_KEY_BYTES)));
            }
            if (facts.containsKey(DLQ_HEADERS_MISSING)) {
                missing.add(facts.get(DLQ_HEADERS_MISSING) + " of its headers are missing");
            }
            if (facts.containsKey(DLQ_RECORDS_MISSING)) {
                missing.add(
                        "the " + facts.get(DLQ_RECORDS_MISSING) + " records that follow it in its batch are missing");
            }
            return "The record is larger than a dead letter may be: " + String.join(", ", missing)
                    + ": have its sender send it again, smaller.";
        }

        private static String missing(String part, byte[] kept, String all) {
            return "of its " + part + " of " + all + " bytes the first " + (kept == null ? 0 : kept.length)
                    + " are here";
        }
    }
}
