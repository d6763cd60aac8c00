package io.unifluid.blobs;

/** The blob is larger than the reader allows; its bytes were not kept. */
public final class BlobTooLargeException extends BlobException {
    private static final long serialVersionUID = 1L;

    /** Both sizes in bytes. */
    public BlobTooLargeException(BlobKey key, long size, long maxBytes) {
        super("Blob " + key.sha256Hex() + " has " + size + " bytes, and at most " + maxBytes + " are allowed.");
    }
}
