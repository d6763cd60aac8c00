package io.unifluid.blobs;

/** The store could not answer: outage, missing permission, full disk. The blob is not at fault; try again later. */
public final class BlobStoreException extends BlobException {
    private static final long serialVersionUID = 1L;

    public BlobStoreException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
