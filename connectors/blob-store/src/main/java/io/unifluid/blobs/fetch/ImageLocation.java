package io.unifluid.blobs.fetch;

import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * Where the bytes of a picture are. Holds what a sender wrote, unjudged: {@link ImageSource#fetch} refuses nonsense.
 *
 * @param inline the bytes themselves, not copied
 * @param uri {@code blob:}, {@code file:}, {@code s3:}, {@code http:} or {@code https:}; one of inline and uri is given
 * @param sha256 64 hex digits, verified after fetching when given
 */
public record ImageLocation(Optional<byte[]> inline, Optional<String> uri, Optional<String> sha256) {
    public ImageLocation {
        Objects.requireNonNull(inline, "inline");
        Objects.requireNonNull(uri, "uri");
        Objects.requireNonNull(sha256, "sha256");
    }

    public static ImageLocation ofBytes(byte[] bytes) {
        return new ImageLocation(Optional.of(bytes), Optional.empty(), Optional.empty());
    }

    public static ImageLocation ofUri(String uri) {
        return new ImageLocation(Optional.empty(), Optional.of(uri), Optional.empty());
    }

    public ImageLocation withSha256(String hex) {
        return new ImageLocation(inline, uri, Optional.of(hex));
    }

    /** Two inline pictures are equal when their bytes are. */
    @Override
    public boolean equals(Object other) {
        return other instanceof ImageLocation that
                && Arrays.equals(inline.orElse(null), that.inline.orElse(null))
                && uri.equals(that.uri)
                && sha256.equals(that.sha256);
    }

    @Override
    public int hashCode() {
        return Objects.hash(Arrays.hashCode(inline.orElse(null)), uri, sha256);
    }

    @Override
    public String toString() {
        return inline.map(bytes -> bytes.length + " inline bytes").or(() -> uri).orElse("no picture");
    }
}
