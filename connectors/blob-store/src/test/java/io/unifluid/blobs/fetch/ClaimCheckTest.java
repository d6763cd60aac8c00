package io.unifluid.blobs.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.blobs.BlobKey;
import io.unifluid.blobs.BlobStore;
import io.unifluid.blobs.FileSystemBlobStore;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClaimCheckTest {
    @TempDir
    private Path folder;

    @Test
    void sendsSmallPicturesInline() {
        BlobStore store = new FileSystemBlobStore(folder);
        byte[] picture = new byte[100];
        assertThat(new ClaimCheck(store, 100).claim(picture))
                .isEqualTo(new ImageLocation(
                        Optional.of(picture),
                        Optional.empty(),
                        Optional.of(BlobKey.of(picture).sha256Hex())));
        assertThat(store.list()).isEmpty();
    }

    @Test
    void sendsLargePicturesAsAClaimThatTheFetcherCanRead() {
        BlobStore store = new FileSystemBlobStore(folder);
        byte[] picture = new byte[101];
        String hex = BlobKey.of(picture).sha256Hex();
        ImageLocation claim = new ClaimCheck(store, 100).claim(picture);
        assertThat(claim)
                .isEqualTo(new ImageLocation(Optional.empty(), Optional.of("blob:sha256/" + hex), Optional.of(hex)));
        try (ImageFetcher fetcher = new ImageFetcher(FetchSettings.defaults(), store)) {
            assertThat(fetcher.fetch(claim)).isEqualTo(picture);
        }
    }

    @Test
    void claimsFromAQuarterOfAMebibyteUnlessToldOtherwise() {
        ClaimCheck check = new ClaimCheck(new FileSystemBlobStore(folder));
        assertThat(check.claim(new byte[262_144]).uri()).isEmpty();
        assertThat(check.claim(new byte[262_145]).uri()).isPresent();
    }

    @Test
    void refusesANegativeLimit() {
        assertThatThrownBy(() -> new ClaimCheck(new FileSystemBlobStore(folder), -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The inline limit is -1 bytes; give 0 or more (0 claims every picture).");
    }
}
