package io.unifluid.blobs.fetch;

import io.unifluid.blobs.BlobKey;
import io.unifluid.blobs.BlobStore;
import io.unifluid.blobs.BlobStoreException;
import java.util.Objects;
import java.util.Optional;

/**
 * Keeps large pictures out of Kafka: bytes up to a limit travel inline, more of them are put into the store and only
 * the claim travels. Owns nothing: who opened the store closes it.
 */
public final class ClaimCheck {
    /** Bytes; well below Kafka's default record limit of 1 MiB, so that a micro-batch can carry several. */
    public static final int DEFAULT_INLINE_LIMIT = 256 * 1024;

    private final BlobStore store;
    private final int inlineLimit;

    public ClaimCheck(BlobStore store) {
        this(store, DEFAULT_INLINE_LIMIT);
    }

    /** @param inlineLimit bytes; 0 puts every picture into the store */
    public ClaimCheck(BlobStore store, int inlineLimit) {
        this.store = Objects.requireNonNull(store, "store");
        if (inlineLimit < 0) {
            throw new IllegalArgumentException(
                    "The inline limit is " + inlineLimit + " bytes; give 0 or more (0 claims every picture).");
        }
        this.inlineLimit = inlineLimit;
    }

    /**
     * Where these bytes can be fetched from now on: inline, or under a claim that is already readable by everyone who
     * shares the store. Both carry the hash.
     *
     * @throws BlobStoreException if the store cannot take them
     */
    public ImageLocation claim(byte[] bytes) {
        if (bytes.length <= inlineLimit) {
            return new ImageLocation(
                    Optional.of(bytes),
                    Optional.empty(),
                    Optional.of(BlobKey.of(bytes).sha256Hex()));
        }
        BlobKey key = store.put(bytes);
        return new ImageLocation(Optional.empty(), Optional.of(key.toUri().toString()), Optional.of(key.sha256Hex()));
    }
}
