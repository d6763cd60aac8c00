package io.unifluid.gateway.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.schemas.access.EnvironmentProblem;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ViewFolderTest {
    @TempDir
    Path path;

    @Test
    void onlyWhatWasLeftWholeIsGoneOnWith() throws Exception {
        var first = ViewFolder.open(path, "kafka:1");
        var store = Files.createDirectories(path.resolve("view-" + first.name()).resolve("0_0"));
        Files.writeString(store.resolve("kept"), "x");
        first.leaveWhole();
        first.close();

        var second = ViewFolder.open(path, "kafka:1");
        assertThat(second.name()).isEqualTo(first.name());
        assertThat(store.resolve("kept")).exists();
        second.close(); // as a process that is killed

        var third = ViewFolder.open(path, "kafka:1");
        assertThat(third.name()).isNotEqualTo(first.name());
        assertThat(store).doesNotExist();
        third.leaveWhole();
        third.close();

        try (var other = ViewFolder.open(path, "kafka:2")) {
            assertThat(other.name()).isNotEqualTo(third.name());
        }
    }

    @Test
    void twoGatewaysHaveTwoFolders() {
        try (var _ = ViewFolder.open(path, "kafka:1")) {
            assertThatThrownBy(() -> ViewFolder.open(path, "kafka:1"))
                    .isInstanceOf(EnvironmentProblem.class)
                    .hasMessageContaining("give each its own in state-dir");
        }
    }
}
