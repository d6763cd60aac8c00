package io.unifluid.archive.row;

import java.util.List;

/**
 * A column of the rows that a run writes; what each says stands in the module's README. Tables have them all, in this
 * order; JSON leaves out what a row does not have.
 */
public record Column(String name, Type type) {
    /** What stands in it. */
    public enum Type {
        TEXT,
        INTEGER,
        DECIMAL,
        TRUTH,
        /** UTC, to the millisecond. */
        TIME,
        /** A list of question, answer, log_probability and scores, which are lists of choice and score. */
        ANSWERS,
        /** A list of file, seed, width and height. */
        IMAGES
    }

    public static final List<Column> ALL = List.of(
            new Column("key", Type.TEXT),
            new Column("archive", Type.TEXT),
            new Column("path", Type.TEXT),
            new Column("sha256", Type.TEXT),
            new Column("bytes", Type.INTEGER),
            new Column("width", Type.INTEGER),
            new Column("height", Type.INTEGER),
            new Column("pdq", Type.TEXT),
            new Column("near_duplicate_of", Type.TEXT),
            new Column("status", Type.TEXT),
            new Column("error_kind", Type.TEXT),
            new Column("error_message", Type.TEXT),
            new Column("caption", Type.TEXT),
            new Column("caption_log_probability", Type.DECIMAL),
            new Column("caption_tokens", Type.INTEGER),
            new Column("answers", Type.ANSWERS),
            new Column("images", Type.IMAGES),
            new Column("model", Type.TEXT),
            new Column("model_version", Type.TEXT),
            new Column("device", Type.TEXT),
            new Column("cache_hit", Type.TRUTH),
            new Column("attempts", Type.INTEGER),
            new Column("request_id", Type.TEXT),
            new Column("submitted_at", Type.TIME),
            new Column("completed_at", Type.TIME),
            new Column("queued_ms", Type.DECIMAL),
            new Column("batch_wait_ms", Type.DECIMAL),
            new Column("lane_wait_ms", Type.DECIMAL),
            new Column("fetch_ms", Type.DECIMAL),
            new Column("preprocess_ms", Type.DECIMAL),
            new Column("inference_ms", Type.DECIMAL),
            new Column("publish_ms", Type.DECIMAL),
            new Column("domain", Type.DECIMAL));
}
