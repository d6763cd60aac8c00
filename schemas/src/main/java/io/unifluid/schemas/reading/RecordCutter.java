package io.unifluid.schemas.reading;

import io.unifluid.schemas.RecordHeaders;
import io.unifluid.schemas.Topics;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.utils.ByteUtils;

/**
 * Takes a record apart as it comes out of its codec, and keeps of each part only so much: a part that a topic takes whole,
 * of larger ones the head. Reads one record.
 */
final class RecordCutter {
    /**
     * A record as far as it was read.
     *
     * @param complete false where the allowance ended before the record did
     */
    record Cut(
            int offsetDelta,
            long timestampDelta,
            ByteBuffer key,
            ByteBuffer value,
            List<Header> headers,
            long taken,
            boolean complete) {}

    private final Metered in;
    private final List<Header> notes = new ArrayList<>();
    private boolean complete = true;

    /** @param allowance bytes that may be unpacked */
    RecordCutter(InputStream in, long allowance) {
        this.in = new Metered(in, allowance);
    }

    /**
     * Reads the body of a record.
     *
     * @param size of the body, as it says
     * @param mostHeaderBytes of the headers that stay
     */
    Cut cut(int size, int mostHeaderBytes) throws IOException {
        in.one();
        long timestampDelta = ByteUtils.readVarlong(in);
        int offsetDelta = ByteUtils.readVarint(in);
        var key = part(RecordHeaders.DLQ_KEY_BYTES, RecordHeaders.DLQ_KEY_SHA256);
        var value = complete ? part(RecordHeaders.DLQ_VALUE_BYTES, RecordHeaders.DLQ_VALUE_SHA256) : null;
        var headers = complete ? headers(mostHeaderBytes) : new ArrayList<Header>();
        if (complete && in.taken != size) {
            throw new CorruptRecordException("The record has another length than it says.");
        }
        headers.addAll(notes);
        return new Cut(offsetDelta, timestampDelta, key, value, headers, in.taken, complete);
    }

    private ByteBuffer part(String lengthNote, String hashNote) throws IOException {
        int length = ByteUtils.readVarint(in);
        if (length < 0) {
            return null;
        }
        if (length <= Topics.MAX_RECORD_BYTES && length <= in.left()) {
            return ByteBuffer.wrap(in.bytes(length));
        }
        notes.add(new ReaderNote(lengthNote, Integer.toString(length)));
        byte[] head = in.bytes((int) Math.min(Math.min(ReadLimits.HEAD, length), in.left()));
        if (length - head.length > in.left()) {
            complete = false;
        } else {
            notes.add(new ReaderNote(hashNote, hash(head, length - head.length)));
        }
        return ByteBuffer.wrap(head);
    }

    private String hash(byte[] head, long rest) throws IOException {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(head);
            in.pass(rest, digest);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }

    /** Those that fit, in their order. */
    private List<Header> headers(int mostBytes) throws IOException {
        int count = ByteUtils.readVarint(in);
        if (count < 0) {
            throw new CorruptRecordException("The record has a negative number of headers.");
        }
        var kept = new ArrayList<Header>();
        int room = mostBytes;
        int ofLetters = 0;
        for (int i = 0; i < count && complete; i++) {
            if (in.left() == 0) {
                complete = false;
                break;
            }
            int nameLength = ByteUtils.readVarint(in);
            if (nameLength < 0) {
                throw new CorruptRecordException("The record has a header without a name.");
            }
            boolean full = kept.size() - ofLetters >= ReadLimits.HEADERS;
            byte[] name = read(nameLength, nameLength <= room && !(full && ofLetters >= ReadLimits.HEADERS_OF_LETTERS));
            boolean ofLetter = name != null && ofLetters < ReadLimits.HEADERS_OF_LETTERS && ofLetter(name);
            int valueLength = complete ? ByteUtils.readVarint(in) : -1;
            boolean fits = name != null && (ofLetter || !full) && valueLength <= room - nameLength;
            byte[] value = valueLength < 0 ? null : read(valueLength, fits);
            if (fits && complete) {
                kept.add(new RecordHeader(new String(name, StandardCharsets.UTF_8), value));
                room -= nameLength + Math.max(0, valueLength);
                ofLetters += ofLetter ? 1 : 0;
            }
        }
        if (kept.size() < count) {
            notes.add(new ReaderNote(RecordHeaders.DLQ_HEADERS_MISSING, Integer.toString(count - kept.size())));
        }
        return kept;
    }

    /** A dead letter of a record with as many headers as are kept has some more. */
    private static boolean ofLetter(byte[] name) {
        return new String(name, StandardCharsets.UTF_8).startsWith("unifluid.dlq.");
    }

    /** Null where they are only passed. */
    private byte[] read(int length, boolean keep) throws IOException {
        if (length > in.left()) {
            complete = false;
            return null;
        }
        if (keep) {
            return in.bytes(length);
        }
        in.pass(length, null);
        return null;
    }

    /** Counts what is taken; its end is always too early. */
    private static final class Metered extends InputStream {
        private final InputStream in;
        private final long allowance;
        private final byte[] scratch = new byte[8 * 1024];
        private long taken;

        Metered(InputStream in, long allowance) {
            this.in = in;
            this.allowance = allowance;
        }

        long left() {
            return Math.max(0, allowance - taken);
        }

        int one() throws IOException {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("The batch ends within a record.");
            }
            taken++;
            return next;
        }

        @Override
        public int read() throws IOException {
            return one();
        }

        byte[] bytes(int length) throws IOException {
            byte[] bytes = new byte[length];
            if (in.readNBytes(bytes, 0, length) < length) {
                throw new EOFException("The batch ends within a record.");
            }
            taken += length;
            return bytes;
        }

        /** @param digest told what passes; may be null */
        void pass(long length, MessageDigest digest) throws IOException {
            for (long left = length; left > 0; ) {
                int got = in.read(scratch, 0, (int) Math.min(left, scratch.length));
                if (got < 0) {
                    throw new EOFException("The batch ends within a record.");
                }
                if (digest != null) {
                    digest.update(scratch, 0, got);
                }
                left -= got;
            }
            taken += length;
        }
    }
}
