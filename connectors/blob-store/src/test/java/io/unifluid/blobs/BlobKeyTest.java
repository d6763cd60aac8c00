package io.unifluid.blobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BlobKeyTest {
    /** The SHA-256 of "abc" from FIPS 180-2, appendix B.1. */
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void isTheSha256OfTheContent() {
        assertThat(BlobKey.of("abc".getBytes(StandardCharsets.US_ASCII)).sha256Hex())
                .isEqualTo(ABC);
    }

    @Test
    void travelsAsAUri() {
        BlobKey key = new BlobKey(ABC);
        assertThat(key.toUri()).hasToString("blob:sha256/" + ABC);
        assertThat(BlobKey.parse(key.toUri().toString())).isEqualTo(key);
        assertThat(BlobKey.parse("blob:sha256/" + ABC.toUpperCase(Locale.ROOT))).isEqualTo(key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "blob:sha256/",
                "blob:sha256/abc",
                "blob:md5/" + ABC,
                "sha256/" + ABC,
                "blob:sha256/../../" + ABC,
                "blob:sha256/" + ABC + "00"
            })
    void refusesAnythingElse(String uri) {
        assertThatThrownBy(() -> BlobKey.parse(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + uri + "' is not a claim: write blob:sha256/ followed by 64 hex digits.");
    }
}
