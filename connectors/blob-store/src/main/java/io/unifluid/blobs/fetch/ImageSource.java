package io.unifluid.blobs.fetch;

/** Turns the location of a picture into its bytes. Safe for use by many threads at once. */
@FunctionalInterface
public interface ImageSource {
    /**
     * The encoded picture, still undecoded and untrusted.
     *
     * @throws FetchException saying in one sentence what is wrong, and by its kind whether trying again can help
     */
    byte[] fetch(ImageLocation location);
}
