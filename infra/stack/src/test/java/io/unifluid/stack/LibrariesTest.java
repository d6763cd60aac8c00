package io.unifluid.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.schemas.access.EnvironmentProblem;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LibrariesTest {
    @TempDir
    private Path dist;

    @BeforeEach
    void folder() throws Exception {
        Files.createDirectory(dist.resolve("lib"));
    }

    private void jar(String name) throws Exception {
        Files.createFile(dist.resolve("lib").resolve(name));
    }

    @Test
    void knowsWhatTheBuildIsFor() throws Exception {
        jar("onnxruntime_gpu-1.29.0.jar");
        assertThat(Libraries.in(dist).forGpu()).isTrue();
    }

    @Test
    void aBuildForTheCpuIsNoneForTheGpu() throws Exception {
        jar("onnxruntime-1.29.0.jar");
        assertThat(Libraries.in(dist).forGpu()).isFalse();
    }

    /** The first on the class path would win, and whoever built for a GPU be told to do so. */
    @Test
    void refusesTwoBuildsInOneFolder() throws Exception {
        jar("onnxruntime-1.29.0.jar");
        jar("onnxruntime_gpu-1.29.0.jar");
        assertThatThrownBy(() -> Libraries.in(dist))
                .isInstanceOf(EnvironmentProblem.class)
                .hasMessageContaining("ONNX Runtime lies twice in")
                .hasMessageContaining("build again");
    }
}
