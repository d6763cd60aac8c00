package io.unifluid.worker.config;

import io.unifluid.blobs.fetch.ClaimCheck;
import io.unifluid.blobs.fetch.FetchSettings;
import io.unifluid.inference.image.DecodeLimits;
import java.util.List;

/**
 * Where pictures come from and go to.
 *
 * @param blobStore a folder or {@code s3://bucket/prefix}; holds claimed pictures and drawn ones above the inline limit
 * @param inlineLimit bytes up to which a drawn picture travels in the outcome itself
 * @param fetch what may be fetched for a request
 * @param buckets parts of S3 that {@code s3:} pictures may come from
 * @param decode what a picture may cost
 * @param parallel pictures that are fetched or decoded at once
 */
public record PictureSettings(
        String blobStore,
        int inlineLimit,
        FetchSettings fetch,
        List<String> buckets,
        DecodeLimits decode,
        int parallel) {
    public PictureSettings {
        buckets = List.copyOf(buckets);
    }

    /** Inline pictures and claims only, with the limits of the modules. */
    public static PictureSettings of(String blobStore) {
        return new PictureSettings(
                blobStore,
                ClaimCheck.DEFAULT_INLINE_LIMIT,
                FetchSettings.defaults(),
                List.of(),
                DecodeLimits.defaults(),
                64);
    }

    public PictureSettings withFetch(FetchSettings settings) {
        return new PictureSettings(blobStore, inlineLimit, settings, buckets, decode, parallel);
    }

    public PictureSettings withInlineLimit(int bytes) {
        return new PictureSettings(blobStore, bytes, fetch, buckets, decode, parallel);
    }
}
