package io.unifluid.streams.event;

import io.unifluid.scheduling.task.PictureContent;
import io.unifluid.schemas.ImageRef;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * What a record tells of a picture's bytes that may be relied on. Its {@code sha256} alone is a claim of the sender: it
 * counts only together with the address, since the worker that succeeds with the two has verified it.
 */
public final class PictureHash {
    private static final String CLAIM = "blob:sha256/";
    private static final int HEX_DIGITS = 64;

    /** Empty without a picture, for an address without a hash, and where two hashes disagree. */
    public static Optional<PictureContent> of(ImageRef image) {
        if (image == null) {
            return Optional.empty();
        }
        var told = Optional.ofNullable(image.getSha256()).map(hash -> hash.toLowerCase(Locale.ROOT));
        if (image.getBytes() != null) {
            var computed = computed(image);
            return told.filter(hash -> !hash.equals(computed)).isPresent()
                    ? Optional.empty()
                    : Optional.of(new PictureContent(computed, true));
        }
        var claimed = claimed(image.getUri());
        if (claimed.isPresent()) {
            return told.isPresent() && !told.equals(claimed)
                    ? Optional.empty()
                    : claimed.map(hash -> new PictureContent(hash, false));
        }
        return told.filter(_ -> image.getUri() != null)
                .map(hash -> new PictureContent(hash + " at " + image.getUri(), false));
    }

    private static Optional<String> claimed(String uri) {
        return uri != null && uri.startsWith(CLAIM) && uri.length() == CLAIM.length() + HEX_DIGITS
                ? Optional.of(uri.substring(CLAIM.length()).toLowerCase(Locale.ROOT))
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
