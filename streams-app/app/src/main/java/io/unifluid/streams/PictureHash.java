package io.unifluid.streams;

import io.unifluid.schemas.ImageRef;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** The SHA-256 of a picture's bytes, as far as the record tells. */
final class PictureHash {
    private static final String CLAIM = "blob:sha256/";
    private static final int HEX_DIGITS = 64;

    /** Lower-case hex; empty without a picture, for an address without a hash, and where two hashes disagree. */
    static Optional<String> of(ImageRef image) {
        if (image == null) {
            return Optional.empty();
        }
        var told = Optional.ofNullable(image.getSha256());
        var known = image.getBytes() != null ? Optional.of(computed(image)) : claimed(image.getUri());
        return known.isEmpty() || told.isEmpty() || told.equals(known) ? known.or(() -> told) : Optional.empty();
    }

    private static Optional<String> claimed(String uri) {
        return uri != null && uri.startsWith(CLAIM) && uri.length() == CLAIM.length() + HEX_DIGITS
                ? Optional.of(uri.substring(CLAIM.length()))
                : Optional.empty();
    }

    private static String computed(ImageRef image) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(image.getBytes().duplicate());
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }

    private PictureHash() {}
}
