package io.unifluid.blobs.fetch;

import io.unifluid.blobs.BlobCorruptException;
import io.unifluid.blobs.BlobException;
import io.unifluid.blobs.BlobKey;
import io.unifluid.blobs.BlobNotFoundException;
import io.unifluid.blobs.BlobStore;
import io.unifluid.blobs.BlobStoreException;
import io.unifluid.blobs.BlobTooLargeException;
import io.unifluid.blobs.S3Settings;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Fetches pictures for strangers. What is not allowed by the settings is refused, so that a request cannot make the
 * worker read its own disk, its own network or somebody else's bucket. Blocks; meant for virtual threads.
 *
 * <p>Closing it closes what it opened, not the blob store.
 */
public final class ImageFetcher implements ImageSource, AutoCloseable {
    private final FetchSettings settings;
    private final BlobStore store;
    private final FilePictures files;
    private final S3Pictures buckets;
    private final HttpPictures web;

    public ImageFetcher(FetchSettings settings, BlobStore store) {
        this(settings, store, List.of());
    }

    /** @param buckets parts of S3 that {@code s3:} pictures may come from (setting {@code UNIFLUID_FETCH_BUCKETS}) */
    public ImageFetcher(FetchSettings settings, BlobStore store, List<S3Settings> buckets) {
        this(settings, store, buckets, HttpPictures.of(settings));
    }

    ImageFetcher(FetchSettings settings, BlobStore store, List<S3Settings> buckets, HttpPictures web) {
        this.settings = settings;
        this.store = Objects.requireNonNull(store, "store");
        this.files = new FilePictures(settings);
        this.buckets = new S3Pictures(settings, buckets);
        this.web = web;
    }

    @Override
    public byte[] fetch(ImageLocation location) {
        if (location.inline().isPresent() == location.uri().isPresent()) {
            throw FetchException.badInput("A picture needs either inline bytes or a URI, and this one has "
                    + (location.uri().isPresent() ? "both." : "neither."));
        }
        byte[] bytes = location.inline().isPresent()
                ? bounded(location.inline().get())
                : byUri(location.uri().orElseThrow());
        location.sha256().ifPresent(expected -> verify(location, bytes, expected));
        return bytes;
    }

    @Override
    public void close() {
        buckets.close();
        web.close();
    }

    private byte[] byUri(String uri) {
        int colon = uri.indexOf(':');
        return switch (colon < 0 ? "" : uri.substring(0, colon).toLowerCase(Locale.ROOT)) {
            case "blob" -> claimed(uri);
            case "file" -> files.read(uri);
            case "s3" -> buckets.read(uri);
            case "http", "https" -> web.read(uri);
            default ->
                throw FetchException.badInput("The picture URI " + Redaction.uri(uri)
                        + " is not supported: use blob:sha256/.., file:, s3:, http: or https:.");
        };
    }

    private byte[] claimed(String uri) {
        BlobKey key;
        try {
            key = BlobKey.parse(uri);
        } catch (IllegalArgumentException e) {
            throw FetchException.badInput("The picture URI " + Redaction.uri(uri)
                    + " is not a claim: write blob:sha256/ followed by 64 hex digits.");
        }
        try {
            return store.get(key, settings.maxBytes());
        } catch (BlobException e) {
            throw switch (e) {
                case BlobNotFoundException missing -> FetchException.badInput(missing.getMessage(), missing);
                case BlobCorruptException corrupt -> FetchException.badInput(corrupt.getMessage(), corrupt);
                case BlobTooLargeException large -> FetchException.badInput(large.getMessage(), large);
                case BlobStoreException outage -> FetchException.passing(outage.getMessage(), outage);
            };
        }
    }

    private byte[] bounded(byte[] bytes) {
        if (bytes.length > settings.maxBytes()) {
            throw Redaction.tooLarge("inline", settings.maxBytes());
        }
        return bytes;
    }

    private static void verify(ImageLocation location, byte[] bytes, String expected) {
        String found = BlobKey.of(bytes).sha256Hex();
        if (!found.equalsIgnoreCase(expected)) {
            String what = location.uri().map(Redaction::uri).orElse("inline");
            throw FetchException.badInput("The picture " + what + " is not the one announced: its " + bytes.length
                    + " bytes hash to " + found + ", not to " + Redaction.text(expected) + ".");
        }
    }
}
