package io.unifluid.blobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

final class FileSystemBlobStoreTest extends BlobStoreContract {
    @TempDir
    private Path folder;

    @Override
    BlobStore openEmpty() {
        try {
            return new FileSystemBlobStore(Files.createDirectories(folder.resolve("deep/blobs")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    void damage(BlobKey key, byte[] otherBytes) {
        try {
            Files.write(file(key), otherBytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    void addStranger() {
        try {
            Path root = folder.resolve("deep/blobs");
            Files.writeString(root.resolve("README"), "not a blob");
            Files.createDirectories(root.resolve("aa/bb/cc"));
            Files.writeString(root.resolve(".incoming/half"), "half a blob");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path file(BlobKey key) {
        String hex = key.sha256Hex();
        return folder.resolve("deep/blobs")
                .resolve(hex.substring(0, 2))
                .resolve(hex.substring(2, 4))
                .resolve(hex);
    }

    @Test
    void touchesNothingBeforeItIsUsed() {
        new FileSystemBlobStore(folder.resolve("untouched/blobs")).close();
        assertThat(folder.resolve("untouched")).doesNotExist();
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void whomItsFolderKeepsOutItsBlobsKeepOutToo(@TempDir Path folder) throws IOException {
        Path closed = Files.createDirectory(folder.resolve("closed"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        new FileSystemBlobStore(closed).put(bytes("a picture"));
        try (Stream<Path> paths = Files.walk(closed)) {
            assertThat(paths.filter(path -> !path.equals(closed)).toList())
                    .isNotEmpty()
                    .allSatisfy(path -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                            .endsWith("------"));
        }
    }

    @Test
    void putRenewsTheAgeSoThatTheCollectorSparesIt() throws IOException {
        BlobStore store = openEmpty();
        BlobKey key = store.put(bytes("old"));
        Files.setLastModifiedTime(file(key), FileTime.from(Instant.EPOCH));
        store.put(bytes("old"));
        assertThat(store.list())
                .singleElement()
                .satisfies(entry ->
                        assertThat(entry.lastModified()).isAfter(Instant.now().minus(Duration.ofMinutes(10))));
    }

    @Test
    void leavesNoTemporaryFilesAndSweepsThoseOfACrash() throws IOException {
        openEmpty().put(bytes("first"));
        Path incoming = folder.resolve("deep/blobs/.incoming");
        Path abandoned = Files.writeString(incoming.resolve("abandoned"), "half");
        Files.setLastModifiedTime(abandoned, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
        Path inProgress = Files.writeString(incoming.resolve("in-progress"), "half");
        openEmpty().put(bytes("second"));
        try (Stream<Path> left = Files.list(incoming)) {
            assertThat(left).containsExactly(inProgress);
        }
    }

    @Test
    void saysThatSomethingIsInTheWayOfTheFolder() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        BlobStore store = new FileSystemBlobStore(file.resolve("blobs"));
        assertThatThrownBy(() -> store.put(bytes("x")))
                .isInstanceOf(BlobStoreException.class)
                .hasMessageStartingWith("Could not store 1 bytes in blob store folder " + file + "/blobs (")
                .hasMessageEndingWith("): make the folder writable, free some space, and try again.");
        assertThat(store.check().ok()).isFalse();
        assertThat(store.check().sentence())
                .startsWith("The blob store folder " + file + "/blobs is not writable (")
                .contains(file.toString())
                .endsWith("): make it writable for this user or choose another folder.");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void saysThatAFolderIsNotWritableEvenForTheSuperuser() {
        BlobStore store = new FileSystemBlobStore(Path.of("/proc/unifluid-blobs"));
        assertThat(store.check().ok()).isFalse();
        assertThat(store.check().sentence()).startsWith("The blob store folder /proc/unifluid-blobs is not writable (");
        assertThatThrownBy(() -> store.put(bytes("x"))).isInstanceOf(BlobStoreException.class);
    }

    @Test
    void saysThatTheDiskIsFullAndKeepsWhatItHas() throws IOException {
        Configuration small =
                Configuration.unix().toBuilder().setMaxSize(1 << 20).build();
        try (FileSystem disk = Jimfs.newFileSystem(small)) {
            BlobStore store = new FileSystemBlobStore(disk.getPath("/blobs"));
            BlobKey kept = store.put(new byte[500_000]);
            assertThatThrownBy(() -> store.put(new byte[700_000]))
                    .isInstanceOf(BlobStoreException.class)
                    .hasMessage("Could not store 700000 bytes in blob store folder /blobs (out of disk space):"
                            + " make the folder writable, free some space, and try again.");
            assertThat(store.get(kept)).hasSize(500_000);
            assertThat(store.list().map(BlobEntry::key)).isEqualTo(List.of(kept));
            assertThat(store.put(new byte[400_000])).isNotNull();
            assertThat(store.check())
                    .isEqualTo(new StoreCheck(
                            false,
                            "Only 0 MiB are free in blob store folder /blobs:"
                                    + " free at least 256 MiB or choose another folder."));
        }
    }

    @Test
    void aFolderThatIsAwayIsAnOutageAndNotAMissingBlob() throws IOException {
        var store = openEmpty();
        var key = store.put(new byte[] {1, 2, 3});
        var away = folder.resolve("away");
        Files.move(folder.resolve("deep/blobs"), away);
        assertThatThrownBy(() -> store.get(key))
                .isInstanceOf(BlobStoreException.class)
                .hasMessageContaining("not there");
        Files.move(away, folder.resolve("deep/blobs"));
        assertThat(store.get(key)).containsExactly(1, 2, 3);
    }

    /** The collector has looked at the age when the same bytes are put again: they are there afterwards all the same. */
    @Test
    void whatIsPutAgainWhileItIsRemovedIsNotLost(@TempDir Path folder) throws Exception {
        try (BlobStore store = new FileSystemBlobStore(folder);
                ExecutorService threads = Executors.newFixedThreadPool(3)) {
            byte[] content = bytes("wanted again");
            BlobKey key = store.put(content);
            String hex = key.sha256Hex();
            Path file = folder.resolve(hex.substring(0, 2))
                    .resolve(hex.substring(2, 4))
                    .resolve(hex);
            Instant cutoff = Instant.now().minusSeconds(3600);
            for (int round = 0; round < 100; round++) {
                store.put(content);
                Files.setLastModifiedTime(file, FileTime.from(cutoff.minusSeconds(60)));
                List<Callable<Object>> race = List.of(
                        () -> store.deleteIfOlder(key, cutoff),
                        () -> store.put(content),
                        () -> store.deleteIfOlder(key, cutoff));
                for (Future<Object> done : threads.invokeAll(race)) {
                    done.get();
                }
                assertThat(store.exists(key)).as("round %d", round).isTrue();
            }
        }
    }
}
