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

    /** On dead letters: why, where from, and when. */
    public static final String DLQ_REASON = "unifluid.dlq.reason";

    public static final String DLQ_TOPIC = "unifluid.dlq.topic";
    public static final String DLQ_PARTITION = "unifluid.dlq.partition";
    public static final String DLQ_OFFSET = "unifluid.dlq.offset";
    public static final String DLQ_AT = "unifluid.dlq.at";

    /** On records that were dead letters: how often they have been sent to their topic again. */
    public static final String REDRIVES = "unifluid.redrives";

    private RecordHeaders() {}
}
