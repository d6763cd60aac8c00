package io.unifluid.streams.event;

import io.unifluid.schemas.RecordHeaders;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.UndecodableRecordException;
import io.unifluid.schemas.WireFormat;
import io.unifluid.schemas.reading.ReaderNote;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * A record together with the bytes it came as, so that nothing is encoded a second time and a newer sender's unknown
 * fields survive. All are null when the record came without a value. Belongs to the thread that processes it.
 */
public final class DecodedRecord<V> {
    /** More headers, or more bytes of them, are refused: nobody needs them, and all of them are held in memory. */
    static final int MOST_HEADERS = 100;

    static final int MOST_HEADER_BYTES = 64 * 1024;

    private static final long NO_TIMESTAMP = -1;

    private final V value;
    private final byte[] bytes;
    private final byte[] original;
    private long timestamp = NO_TIMESTAMP;

    public DecodedRecord(V value, byte[] bytes, byte[] original) {
        this.value = value;
        this.bytes = bytes;
        this.original = original;
    }

    /** One whose schema's id came in front. */
    public DecodedRecord(V value, byte[] bytes) {
        this(value, bytes, bytes);
    }

    public V value() {
        return value;
    }

    /** With the schema's id in front, to be stored: they can be decoded without the record's headers. */
    public byte[] bytes() {
        return bytes;
    }

    /** As received, for dead letters. */
    public byte[] original() {
        return original;
    }

    /** The record's own, which nothing but a dead letter cares for; negative for none. */
    public long timestamp() {
        return timestamp;
    }

    public void timestamp(long told) {
        timestamp = told;
    }

    /** A part of the record, as if it had come by itself and at the same time. */
    public <P> DecodedRecord<P> part(P value, byte[] bytes) {
        var part = new DecodedRecord<>(value, bytes);
        part.timestamp(timestamp);
        return part;
    }

    public static <V> Deserializer<DecodedRecord<V>> by(Deserializer<V> decoder) {
        return new Reading<>(decoder);
    }

    /** Judges what a record takes before it is decoded. */
    private record Reading<V>(Deserializer<V> decoder) implements Deserializer<DecodedRecord<V>> {
        @Override
        public DecodedRecord<V> deserialize(String topic, byte[] bytes) {
            return deserialize(topic, new org.apache.kafka.common.header.internals.RecordHeaders(), bytes);
        }

        @Override
        public DecodedRecord<V> deserialize(String topic, Headers headers, byte[] bytes) {
            requireRead(headers);
            requireFew(Rerouted.asSent(topic, headers));
            if (bytes == null) {
                return new DecodedRecord<>(null, null);
            }
            requireWhole(headers, bytes);
            try {
                return new DecodedRecord<>(
                        decoder.deserialize(topic, headers, bytes), WireFormat.selfContained(headers, bytes), bytes);
            } catch (StackOverflowError | OutOfMemoryError e) {
                throw new UndecodableRecordException(
                        "The record claims to hold more than there is memory for: send it as the topic's schema says.");
            }
        }

        /** The consumer gave the batch up, and says why. */
        private static void requireRead(Headers headers) {
            var why = ReaderNote.last(headers, RecordHeaders.DLQ_REASON);
            if (why != null) {
                throw new UndecodableRecordException(why.text());
            }
        }

        private static void requireWhole(Headers headers, byte[] bytes) {
            var all = headers.lastHeader(RecordHeaders.DLQ_VALUE_BYTES);
            if (all != null || bytes.length > Topics.MAX_RECORD_BYTES) {
                throw new UndecodableRecordException("The record's value has "
                        + (all == null ? bytes.length : BoundedBytes.text(all)) + " bytes uncompressed; the limit is "
                        + Topics.MAX_RECORD_BYTES + ": send less.");
            }
        }

        private static void requireFew(Headers headers) {
            int count = 0;
            long bytes = 0;
            for (var header : headers) {
                count++;
                bytes += BoundedBytes.bytes(header);
            }
            if (count > MOST_HEADERS
                    || bytes > MOST_HEADER_BYTES
                    || headers.lastHeader(RecordHeaders.DLQ_HEADERS_MISSING) != null) {
                var missing = ReaderNote.last(headers, RecordHeaders.DLQ_HEADERS_MISSING);
                throw new UndecodableRecordException("The record has "
                        + (missing == null
                                ? count + " headers of " + bytes + " bytes"
                                : "too many headers or too long ones")
                        + "; the limits are " + MOST_HEADERS + " headers and " + MOST_HEADER_BYTES
                        + " bytes: send fewer or shorter ones.");
            }
        }
    }
}
