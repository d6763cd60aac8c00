package io.unifluid.moderation.picture;

import io.unifluid.blobs.BlobKey;
import io.unifluid.schemas.ImageRef;
import java.util.Optional;

/**
 * The SHA-256 of a submitted picture, where it is certain: computed of bytes inside the record, or the claim, which is the
 * address of just these bytes. What a sender merely says of an address elsewhere would let a picture pass an allow list.
 */
public final class ContentHash {
    /** Lower-case hex. */
    public static Optional<String> of(ImageRef image) {
        if (image.getBytes() != null) {
            var bytes = new byte[image.getBytes().remaining()];
            image.getBytes().duplicate().get(bytes);
            return Optional.of(BlobKey.of(bytes).sha256Hex());
        }
        if (image.getUri() == null || !image.getUri().startsWith(BlobKey.URI_PREFIX)) {
            return Optional.empty();
        }
        try {
            return Optional.of(BlobKey.parse(image.getUri()).sha256Hex());
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // no claim; the request says so
        }
    }

    private ContentHash() {}
}
