package io.unifluid.blobs;

import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Opens the store that a setting names. */
public final class BlobStores {
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*", Pattern.DOTALL);

    private BlobStores() {}

    /**
     * @param location a folder ({@code /var/lib/blobs}, {@code file:/var/lib/blobs}), or
     *     {@code s3://bucket/prefix?endpoint=http://..&region=..&pathStyle=true}
     * @return the store, untouched so far; the caller closes it
     * @throws IllegalArgumentException with one sentence when it is anything else
     */
    public static BlobStore open(String location) {
        if (location.startsWith("s3:")) {
            return new S3BlobStore(S3Settings.parse(location));
        }
        if (location.startsWith("file:")) {
            return new FileSystemBlobStore(folder(location));
        }
        if (location.isBlank() || SCHEME.matcher(location).matches()) {
            throw notALocation(location, null);
        }
        try {
            return new FileSystemBlobStore(Path.of(location));
        } catch (InvalidPathException e) {
            throw notALocation(location, e);
        }
    }

    private static Path folder(String location) {
        try {
            return Path.of(URI.create(location));
        } catch (IllegalArgumentException e) {
            throw notALocation(location, e);
        }
    }

    private static IllegalArgumentException notALocation(String location, Exception cause) {
        return new IllegalArgumentException(
                "'" + location + "' is not a blob store: write a folder such as /var/lib/unifluid/blobs or"
                        + " file:/var/lib/unifluid/blobs, or s3://bucket/prefix.",
                cause);
    }
}
