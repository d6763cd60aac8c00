package io.unifluid.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PngFilesTest {
    @TempDir
    private Path folder;

    private PngFiles files(String out, int count) {
        return new PngFiles(out == null ? null : folder.resolve(out).toString(), "generated", count, false);
    }

    @Test
    void namesPicturesByTheirSeeds() {
        assertThat(files(null, 1).place(0, 7)).isEqualTo(Path.of("generated-7.png"));
        assertThat(files("", 2).place(1, 8)).isEqualTo(folder.resolve("generated-8.png"));
    }

    @Test
    void numbersSeveralPicturesOfOneGivenName() {
        assertThat(files("fox.v1.png", 1).place(0, 7)).isEqualTo(folder.resolve("fox.v1.png"));
        assertThat(files("fox.v1.png", 3).place(1, 7)).isEqualTo(folder.resolve("fox.v1-2.png"));
    }

    @Test
    void everyNameEndsInPng() {
        assertThat(files("g", 1).place(0, 7)).isEqualTo(folder.resolve("g.png"));
        assertThat(files("g", 3).place(2, 7)).isEqualTo(folder.resolve("g-3.png"));
        assertThat(files("fox.v1", 1).place(0, 7)).isEqualTo(folder.resolve("fox.v1.png"));
        assertThat(files("G.PNG", 1).place(0, 7)).isEqualTo(folder.resolve("G.PNG"));
        assertThatThrownBy(() -> files("g.jpg", 1).requireWritable()).hasMessageContaining("ends in .png");
    }

    @Test
    void refusesNamesThatAreTakenUnlessTold() throws Exception {
        Files.write(folder.resolve("g-2.png"), new byte[] {1});
        files("g", 1).requireWritable();
        assertThatThrownBy(() -> files("g", 3).requireWritable())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(folder.resolve("g-2.png")
                        + " is there already: name another file with --out, or replace it with --force.");
        new PngFiles(folder.resolve("g").toString(), "generated", 3, true).requireWritable();
    }

    @Test
    void aFolderMustBeThere() {
        assertThatThrownBy(() -> new PngFiles(folder + "/new/", "generated", 1, false).requireWritable())
                .hasMessageContaining(folder.resolve("new").toString());
    }
}
