package io.unifluid.blobs;

/** The store works and has no such blob. Trying again does not help. */
public final class BlobNotFoundException extends BlobException {
    private static final long serialVersionUID = 1L;

    public BlobNotFoundException(BlobKey key, String store) {
        super("There is no blob " + key.sha256Hex() + " in " + store
                + ": it was never stored there or has been removed, so send the picture again.");
    }
}
