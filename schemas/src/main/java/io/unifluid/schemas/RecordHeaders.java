package io.unifluid.schemas;

/** Names of the record headers that the system reads or writes. */
public final class RecordHeaders {
    /** W3C trace context, carried from request to batch to result. */
    public static final String TRACEPARENT = "traceparent";

    /** CloudEvents Kafka binding (binary mode). */
    public static final String CE_ID = "ce_id";

    public static final String CE_TYPE = "ce_type";
    public static final String CE_SOURCE = "ce_source";
    public static final String CE_SPECVERSION = "ce_specversion";

    /** On an outcome that was computed for another request with the same content; its value is empty. */
    public static final String REUSED = "unifluid.reused";

    /** On records that were passed on to the partition of their id: where they lay, as {@code topic/partition/offset/timestamp}. */
    public static final String REROUTED_FROM = "unifluid.rerouted.from";

    /** On dead letters, written by {@link DeadLetterHeaders}: why, in one sentence. */
    public static final String DLQ_REASON = "unifluid.dlq.reason";

    /** On dead letters: where the record lay. */
    public static final String DLQ_TOPIC = "unifluid.dlq.topic";

    public static final String DLQ_PARTITION = "unifluid.dlq.partition";
    public static final String DLQ_OFFSET = "unifluid.dlq.offset";

    /** On dead letters: the record's own timestamp, in milliseconds since 1970; absent when it had none. */
    public static final String DLQ_TIMESTAMP = "unifluid.dlq.timestamp";

    /** On dead letters: when it became one, such as {@code 2026-01-31T12:00:00.123Z}. */
    public static final String DLQ_AT = "unifluid.dlq.at";

    /** On dead letters that could not be kept whole: what is missing, in one sentence. */
    public static final String DLQ_TRUNCATED = "unifluid.dlq.truncated";

    /** On dead letters whose value was cut: the length of all of it in bytes, and its SHA-256 in lower-case hex. */
    public static final String DLQ_VALUE_BYTES = "unifluid.dlq.value.bytes";

    public static final String DLQ_VALUE_SHA256 = "unifluid.dlq.value.sha256";

    /** The same of a key that was cut. */
    public static final String DLQ_KEY_BYTES = "unifluid.dlq.key.bytes";

    public static final String DLQ_KEY_SHA256 = "unifluid.dlq.key.sha256";

    /** On dead letters that lack some of the record's own headers: how many. */
    public static final String DLQ_HEADERS_MISSING = "unifluid.dlq.headers.missing";

    /** On dead letters whose record's batch was not read to its end: how many records that followed are missing. */
    public static final String DLQ_RECORDS_MISSING = "unifluid.dlq.records.missing";

    /** On records that were dead letters: how often they have been sent to their topic again. */
    public static final String REDRIVES = "unifluid.redrives";

    private RecordHeaders() {}
}
