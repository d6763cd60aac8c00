package io.unifluid.schemas.reading;

import io.unifluid.schemas.Topics;

/**
 * What one consumer holds in memory at once, in bytes; a record that is larger than a limit is held nevertheless, alone.
 *
 * @param poll of the records that one poll returns
 * @param fetched of larger fetches that wait to be unpacked
 */
record ReadLimits(long poll, long fetched) {
    /** Of one batch as much is unpacked, and the rest is not read: ten times what a topic takes compressed, and more. */
    static final long BATCH = 16L * Topics.MAX_RECORD_BYTES;

    /** Of one record as much is unpacked: its hash is known up to there. */
    static final long RECORD = 8L * Topics.MAX_RECORD_BYTES;

    /** Of a batch counted for each record, beside its bytes: records of nothing cost as well. */
    static final int PER_RECORD = 100;

    /** Larger records are taken apart as they are unpacked. */
    static final int WHOLE = Topics.MAX_RECORD_BYTES + 64 * 1024;

    /** What stays of a key, a value or of all headers that are cut. */
    static final int HEAD = 64 * 1024;

    /** Of more headers the rest is cut. */
    static final int HEADERS = 256;

    /** So many that say why a record is a dead letter are not counted among them. */
    static final int HEADERS_OF_LETTERS = 32;

    /** What a header takes in memory beside its bytes. */
    static final int PER_HEADER = 128;

    /** A codec that unpacks in pieces does that in memory. */
    static final int PIECE = 4 * Topics.MAX_RECORD_BYTES;

    private static final int PART_OF_HEAP = 16;

    /** @param consumers that share the heap */
    static ReadLimits of(long heap, int consumers) {
        long poll = Math.max(Topics.MAX_RECORD_BYTES, heap / PART_OF_HEAP / consumers);
        return new ReadLimits(poll, 2 * poll);
    }
}
