/**
 * The claim check and every way in which a worker fetches the bytes of a picture.
 *
 * <p>{@link io.unifluid.blobs.fetch.ClaimCheck} goes in front of a producer: small pictures travel inline, large ones are put
 * into a {@link io.unifluid.blobs.BlobStore} and travel as a {@code blob:sha256/..} claim. {@link
 * io.unifluid.blobs.fetch.ImageFetcher} goes in front of a decoder: it turns an {@link io.unifluid.blobs.fetch.ImageLocation} into
 * bytes, or into a {@link io.unifluid.blobs.fetch.FetchException} that says whether trying again can help.
 */
package io.unifluid.blobs;
