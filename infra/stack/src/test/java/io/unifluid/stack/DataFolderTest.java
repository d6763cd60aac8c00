package io.unifluid.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.unifluid.schemas.access.EnvironmentProblem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataFolderTest {
    @TempDir
    private Path folder;

    @Test
    void createsWhatBelongsIntoIt() {
        var data = folder.resolve("deep/data");
        DataFolder.prepare(data);
        assertThat(data.resolve("logs")).isDirectory();
        assertThat(data.resolve("blobs")).isDirectory();
    }

    @Test
    void isItsOwnersAlone() throws Exception {
        var data = folder.resolve("deep/data");
        assertThat(DataFolder.prepare(data)).isEmpty();
        for (var created : List.of(data, data.resolve("logs"), data.resolve("blobs"), data.resolve("kafka"))) {
            assertThat(permissions(created)).isEqualTo("rwx------");
        }
        assertThat(permissions(DataFolder.file(data, DataFolder.DEMO))).isEqualTo("rw-------");
    }

    @Test
    void closesAFolderThatWasOpenToOthersWithAllThatIsInIt() throws Exception {
        var data = folder.resolve("data");
        DataFolder.prepare(data);
        var log = Files.writeString(data.resolve("logs/worker.log"), "a caption");
        var lock = Files.createFile(data.resolve("stack.lock"));
        open(log, "rw-r--r--");
        open(lock, "rw-rw-rw-");
        open(data.resolve("logs"), "rwxr-xr-x");
        open(data, "rwxr-xr-x");

        assertThat(DataFolder.prepare(data))
                .hasValueSatisfying(said -> assertThat(said)
                        .isEqualTo("The data folder " + data + " was open to others; it is closed to them now."));

        assertThat(permissions(data)).isEqualTo("rwx------");
        assertThat(permissions(data.resolve("logs"))).isEqualTo("rwx------");
        assertThat(permissions(log)).isEqualTo("rw-------");
        assertThat(permissions(lock)).isEqualTo("rw-------");
        assertThat(DataFolder.prepare(data)).isEmpty();
    }

    /** Somebody may have named {@code /tmp}. */
    @Test
    void leavesAFolderThatHoldsOtherThingsTooAndSaysSo() throws Exception {
        var others = Files.createDirectory(folder.resolve("theirs"));
        open(others, "rwxr-xr-x");
        open(folder, "rwxrwxrwx");

        assertThat(DataFolder.prepare(folder))
                .hasValueSatisfying(said -> assertThat(said)
                        .contains("is open to others (---rwxrwx)")
                        .contains("UNIFLUID_HOME"));

        assertThat(permissions(folder)).isEqualTo("rwxrwxrwx");
        assertThat(permissions(others)).isEqualTo("rwxr-xr-x");
        assertThat(permissions(folder.resolve("blobs"))).isEqualTo("rwx------");
    }

    private static void open(Path path, String permissions) throws Exception {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    private static String permissions(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void refusesAFolderThatIsAFile() throws Exception {
        var file = Files.write(folder.resolve("data"), new byte[] {1});
        assertThatThrownBy(() -> DataFolder.prepare(file))
                .isInstanceOf(EnvironmentProblem.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("UNIFLUID_HOME");
    }

    @Test
    void refusesAReadOnlyFolder() throws Exception {
        var data = Files.createDirectory(folder.resolve("data"));
        assertThat(data.toFile().setWritable(false)).isTrue();
        try {
            assumeFalse(Files.isWritable(data), "this user may write everywhere");
            assertThatThrownBy(() -> DataFolder.prepare(data))
                    .isInstanceOf(EnvironmentProblem.class)
                    .hasMessageContaining("cannot be written")
                    .hasMessageContaining("UNIFLUID_HOME");
        } finally {
            assertThat(data.toFile().setWritable(true)).isTrue();
        }
    }

    /** A file system that refuses every user, also the one that may do everything else. */
    @Test
    void refusesAPlaceWhereNothingCanBeCreated() {
        var data = Path.of("/proc/unifluid");
        assumeFalse(Files.notExists(Path.of("/proc/self")), "there is no /proc here");
        assertThatThrownBy(() -> DataFolder.prepare(data))
                .isInstanceOf(EnvironmentProblem.class)
                .hasMessageContaining("/proc/unifluid cannot be written")
                .hasMessageContaining("UNIFLUID_HOME");
    }

    @Test
    void refusesAFullDisk() {
        assertThatThrownBy(() -> DataFolder.requireSpace(folder, 100L << 20))
                .isInstanceOf(EnvironmentProblem.class)
                .hasMessageContaining("Only 100 MiB are free")
                .hasMessageContaining("512 MiB");
        DataFolder.requireSpace(folder, 512L << 20);
    }
}
