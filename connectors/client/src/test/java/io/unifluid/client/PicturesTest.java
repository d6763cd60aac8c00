package io.unifluid.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.blobs.FileSystemBlobStore;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PicturesTest {
    @TempDir
    private Path folder;

    @Test
    void sendsSmallPicturesInlineAndLargeOnesAsClaims() throws Exception {
        var small = Files.write(folder.resolve("small.png"), new byte[1000]);
        var large = Files.write(folder.resolve("large.png"), new byte[300 * 1024]);
        try (var store = new FileSystemBlobStore(folder.resolve("blobs"))) {
            var pictures = new Pictures(store);
            assertThat(pictures.read(small).getBytes().remaining()).isEqualTo(1000);
            assertThat(pictures.read(small).getUri()).isNull();
            assertThat(pictures.read(large).getBytes()).isNull();
            assertThat(pictures.read(large).getUri()).startsWith("blob:sha256/");
        }
    }

    @Test
    void refusesAFileThatNoWorkerWouldFetch() throws Exception {
        var huge = folder.resolve("huge.png");
        try (var file = new RandomAccessFile(huge.toFile(), "rw");
                var store = new FileSystemBlobStore(folder.resolve("blobs"))) {
            file.setLength(25L << 20);
            assertThatThrownBy(() -> new Pictures(store).read(huge))
                    .isInstanceOf(UnsentException.class)
                    .hasMessage("The file has 25.0 MiB, more than the 20 MiB that a worker fetches: make it smaller.");
            assertThatThrownBy(() -> new Pictures(store).read(folder.resolve("none.png")))
                    .hasMessage("There is no such file.");
            assertThatThrownBy(() -> new Pictures(store).read(folder))
                    .hasMessage("The file cannot be read (is a directory).");
        }
    }

    @Test
    void readsNoMoreOfADeviceThanAWorkerFetches() {
        try (var store = new FileSystemBlobStore(folder.resolve("blobs"))) {
            assertThatThrownBy(() -> new Pictures(store).read(Path.of("/dev/zero")))
                    .hasMessageContaining("more than the 20 MiB");
        }
    }
}
