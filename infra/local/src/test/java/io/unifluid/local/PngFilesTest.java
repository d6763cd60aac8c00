package io.unifluid.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PngFilesTest {
    @Test
    void namesPicturesByTheirSeeds(@TempDir Path folder) {
        assertThat(new PngFiles(null, "generated").file(0, 1, 7)).isEqualTo(Path.of("generated-7.png"));
        assertThat(new PngFiles(folder, "fox-edited").file(1, 2, 8)).isEqualTo(folder.resolve("fox-edited-8.png"));
    }

    @Test
    void numbersSeveralPicturesOfOneGivenName(@TempDir Path folder) {
        var given = folder.resolve("fox.v1.png");
        assertThat(new PngFiles(given, "generated").file(0, 1, 7)).isEqualTo(given);
        assertThat(new PngFiles(given, "generated").file(1, 3, 7)).isEqualTo(folder.resolve("fox.v1-2.png"));
    }
}
