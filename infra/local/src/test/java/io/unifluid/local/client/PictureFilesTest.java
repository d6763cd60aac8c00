package io.unifluid.local.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.blobs.FileSystemBlobStore;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PictureFilesTest {
    @TempDir
    private Path folder;

    @Test
    void takesEveryFileOfAFolderButHiddenOnes() throws Exception {
        Files.createDirectories(folder.resolve("sub"));
        Files.createDirectories(folder.resolve(".cache"));
        for (var name : List.of("b.png", "a.jpg", "notes.txt", "sub/c.png", ".DS_Store", ".cache/d.png")) {
            Files.write(folder.resolve(name), new byte[] {1});
        }
        assertThat(PictureFiles.of(List.of(folder)).stream()
                        .map(file -> folder.relativize(file).toString()))
                .containsExactly("a.jpg", "b.png", "notes.txt", "sub/c.png");
    }

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
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("The file has 25.0 MiB, more than the 20 MiB that a worker fetches: make it smaller.");
            assertThatThrownBy(() -> new Pictures(store).read(folder.resolve("none.png")))
                    .hasMessage("There is no such file.");
        }
    }
}
