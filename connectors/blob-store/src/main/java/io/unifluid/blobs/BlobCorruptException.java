package io.unifluid.blobs;

/** The store holds other bytes than those that were put. Putting the original bytes again repairs the blob. */
public final class BlobCorruptException extends BlobException {
    private static final long serialVersionUID = 1L;

    public BlobCorruptException(BlobKey key, String store, byte[] found) {
        super("Blob " + key.sha256Hex() + " in " + store + " is corrupt: its " + found.length + " bytes hash to "
                + BlobKey.of(found).sha256Hex() + ", so send the picture again.");
    }
}
