package io.unifluid.blobs;

import java.time.Instant;
import java.util.Objects;

/**
 * One stored blob, as garbage collection needs to see it.
 *
 * @param size bytes
 * @param lastModified when it was last put; putting the same bytes again renews it
 */
public record BlobEntry(BlobKey key, long size, Instant lastModified) {
    public BlobEntry {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(lastModified, "lastModified");
    }
}
