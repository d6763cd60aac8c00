package io.unifluid.blobs;

import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The address of a blob: the SHA-256 of its content. The same bytes have the same key in every store.
 *
 * @param sha256Hex 64 lower-case hex digits
 */
public record BlobKey(String sha256Hex) {
    /** What every claim URI starts with. */
    public static final String URI_PREFIX = "blob:sha256/";

    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

    public BlobKey {
        Objects.requireNonNull(sha256Hex, "sha256Hex");
        if (!HEX.matcher(sha256Hex).matches()) {
            throw new IllegalArgumentException(
                    "'" + sha256Hex + "' is not a SHA-256: a blob key is 64 lower-case hex digits.");
        }
    }

    /** The key under which these bytes are stored. */
    public static BlobKey of(byte[] bytes) {
        try {
            return new BlobKey(HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime must offer SHA-256.", e);
        }
    }

    /**
     * Reads a claim such as {@code blob:sha256/9f86d0..}; upper-case hex digits are accepted.
     *
     * @throws IllegalArgumentException with one sentence when it is anything else
     */
    public static BlobKey parse(String uri) {
        String hex =
                uri.startsWith(URI_PREFIX) ? uri.substring(URI_PREFIX.length()).toLowerCase(Locale.ROOT) : "";
        if (!HEX.matcher(hex).matches()) {
            throw new IllegalArgumentException(
                    "'" + uri + "' is not a claim: write " + URI_PREFIX + " followed by 64 hex digits.");
        }
        return new BlobKey(hex);
    }

    /** The claim: {@code blob:sha256/<hex>}. */
    public URI toUri() {
        return URI.create(URI_PREFIX + sha256Hex);
    }

    @Override
    public String toString() {
        return URI_PREFIX + sha256Hex;
    }
}
