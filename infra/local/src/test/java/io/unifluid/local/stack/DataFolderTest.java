package io.unifluid.local.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Files;
import java.nio.file.Path;
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
