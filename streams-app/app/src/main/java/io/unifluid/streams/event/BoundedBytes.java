package io.unifluid.streams.event;

import io.unifluid.schemas.RecordHeaders;
import io.unifluid.schemas.Topics;
import io.unifluid.schemas.reading.ReaderNote;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Keys and values as they come out of the consumer, none larger than a record may be. Of what is larger only the head stays,
 * with headers that tell the length and the hash of all; the same headers from a sender are dropped. The app's own consumers
 * have cut it before: see {@link ReaderNote}.
 */
public final class BoundedBytes implements Deserializer<byte[]> {
    /** What stays of a key, a value or of all headers that are cut, in bytes. */
    public static final int HEAD = 64 * 1024;

    private final String lengthHeader;
    private final String hashHeader;

    private BoundedBytes(String lengthHeader, String hashHeader) {
        this.lengthHeader = lengthHeader;
        this.hashHeader = hashHeader;
    }

    public static BoundedBytes keys() {
        return new BoundedBytes(RecordHeaders.DLQ_KEY_BYTES, RecordHeaders.DLQ_KEY_SHA256);
    }

    public static BoundedBytes values() {
        return new BoundedBytes(RecordHeaders.DLQ_VALUE_BYTES, RecordHeaders.DLQ_VALUE_SHA256);
    }

    @Override
    public byte[] deserialize(String topic, byte[] bytes) {
        return bytes;
    }

    @Override
    public byte[] deserialize(String topic, Headers headers, ByteBuffer data) {
        keepNotes(headers, lengthHeader);
        keepNotes(headers, hashHeader);
        if (lengthHeader.equals(RecordHeaders.DLQ_VALUE_BYTES)) {
            boundHeaders(headers);
        }
        if (data == null) {
            return null;
        }
        int length = data.remaining();
        if (length > Topics.MAX_RECORD_BYTES) {
            headers.add(new ReaderNote(lengthHeader, Integer.toString(length)));
            headers.add(new ReaderNote(hashHeader, sha256(data)));
        }
        byte[] kept = new byte[length > Topics.MAX_RECORD_BYTES ? HEAD : length];
        data.duplicate().get(kept);
        return kept;
    }

    private static void boundHeaders(Headers headers) {
        keepNotes(headers, RecordHeaders.DLQ_HEADERS_MISSING);
        var all = headers.toArray();
        if (Arrays.stream(all).mapToLong(BoundedBytes::bytes).sum() > Topics.MAX_RECORD_BYTES) {
            var kept = head(all, HEAD);
            Arrays.stream(all).map(Header::key).distinct().forEach(headers::remove);
            kept.forEach(headers::add);
            headers.add(new ReaderNote(RecordHeaders.DLQ_HEADERS_MISSING, Integer.toString(all.length - kept.size())));
        }
    }

    private static void keepNotes(Headers headers, String name) {
        if (headers.lastHeader(name) != null) {
            var note = ReaderNote.last(headers, name);
            headers.remove(name);
            if (note != null) {
                headers.add(note);
            }
        }
    }

    /** Those of the headers, in their order, that fit into so many bytes. */
    public static List<Header> head(Header[] headers, long most) {
        var kept = new ArrayList<Header>();
        long left = most;
        for (var header : headers) {
            if (bytes(header) <= left) {
                kept.add(header);
                left -= bytes(header);
            }
        }
        return kept;
    }

    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Empty for a header without a value. */
    public static String text(Header header) {
        return header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** What a header takes. */
    static long bytes(Header header) {
        return header.key().length() + (header.value() == null ? 0 : header.value().length);
    }

    /** Lower-case hex. */
    public static String sha256(ByteBuffer bytes) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes.duplicate());
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }
}
