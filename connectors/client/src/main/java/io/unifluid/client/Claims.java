package io.unifluid.client;

import io.unifluid.blobs.BlobKey;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * Finds claims in the bytes of a record. Avro writes text as it is, so that this needs no schema: it also finds the
 * claims of records that this version cannot decode. What only looks like a claim is kept too, which costs space alone.
 */
public final class Claims {
    private static final byte[] PREFIX = BlobKey.URI_PREFIX.getBytes(StandardCharsets.US_ASCII);
    private static final int HEX = 64;

    private Claims() {}

    /** Every claim in the bytes, which may be null. */
    public static Set<BlobKey> in(byte[] bytes) {
        var found = new HashSet<BlobKey>();
        if (bytes != null) {
            for (int at = 0; at <= bytes.length - PREFIX.length - HEX; at++) {
                if (bytes[at] == PREFIX[0] && startsAt(bytes, at)) {
                    claim(bytes, at).ifPresent(found::add);
                }
            }
        }
        return found;
    }

    private static boolean startsAt(byte[] bytes, int at) {
        for (int i = 1; i < PREFIX.length; i++) {
            if (bytes[at + i] != PREFIX[i]) {
                return false;
            }
        }
        return true;
    }

    private static java.util.Optional<BlobKey> claim(byte[] bytes, int at) {
        try {
            return java.util.Optional.of(
                    BlobKey.parse(new String(bytes, at, PREFIX.length + HEX, StandardCharsets.ISO_8859_1)));
        } catch (IllegalArgumentException e) {
            return java.util.Optional.empty(); // the prefix alone, in some text
        }
    }
}
