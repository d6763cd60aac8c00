package io.unifluid.blobs;

/** Why a blob could not be stored or read; the message is one sentence for a person. */
public abstract sealed class BlobException extends RuntimeException
        permits BlobNotFoundException, BlobCorruptException, BlobTooLargeException, BlobStoreException {
    private static final long serialVersionUID = 1L;

    BlobException(String sentence) {
        super(sentence);
    }

    BlobException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
