package io.unifluid.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PictureSelectionTest {
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13};

    @TempDir
    private Path folder;

    private Path file(String name) throws IOException {
        return file(name, new byte[] {1});
    }

    private Path file(String name, byte[] content) throws IOException {
        var file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.write(file, content);
    }

    private void link(String name, String target) throws IOException {
        Files.createSymbolicLink(folder.resolve(name), Path.of(target));
    }

    private PictureSelection select(String... names) {
        return PictureSelection.of(List.of(names).stream().map(folder::resolve).toList(), false);
    }

    private List<String> names(PictureSelection selection) {
        return selection.pictures().stream()
                .map(file -> folder.relativize(file).toString())
                .toList();
    }

    private List<String> failures(PictureSelection selection) {
        return selection.unreadable().stream()
                .map(done -> folder.relativize(done.file()) + ": "
                        + done.failure().orElseThrow().message())
                .toList();
    }

    @Test
    void takesThePicturesOfAFolderByExtensionAndByFirstBytes() throws Exception {
        for (var name : List.of("b.png", "a.JPG", "sub/c.Tiff", "photo.heic")) {
            file(name);
        }
        file("no-extension", PNG);
        file("wrong.txt", PNG);
        file("data", "II*\0....".getBytes());
        file("scan.dat", "BM\0\0\0\0\0\0\0\0".getBytes());
        for (var name : List.of("a.json", "Main.java", "Other.java", "README", ".DS_Store", ".cache/d.png")) {
            file(name);
        }
        file("BMW", "BMW is a maker of cars.".getBytes());
        file("empty", new byte[0]);

        var selection = select("");

        assertThat(names(selection))
                .containsExactly(
                        "a.JPG", "b.png", "data", "no-extension", "photo.heic", "scan.dat", "sub/c.Tiff", "wrong.txt");
        assertThat(selection.unreadable()).isEmpty();
        assertThat(selection.leftOut().sentence())
                .hasValue("left out: 6 files that are no pictures (2 .java, 1 .json; --all sends them too), 2 hidden");
    }

    @Test
    void takesEveryFileButHiddenOnesIfToldTo() throws Exception {
        for (var name : List.of("b.png", "notes.txt", "sub/Main.java", ".DS_Store")) {
            file(name);
        }
        var selection = PictureSelection.of(List.of(folder), true);
        assertThat(names(selection)).containsExactly("b.png", "notes.txt", "sub/Main.java");
        assertThat(selection.leftOut().sentence()).hasValue("left out: 1 hidden");
    }

    @Test
    void takesAFileThatIsNamedWhateverItIs() throws Exception {
        file("notes.txt");
        file(".hidden.png");
        assertThat(names(select("notes.txt", ".hidden.png"))).containsExactly("notes.txt", ".hidden.png");
    }

    @Test
    void readsAFolderThatIsGivenByALink() throws Exception {
        file("real/a.png");
        link("link", "real");
        assertThat(names(select("link"))).containsExactly("link/a.png");
    }

    @Test
    void followsALinkedFolderAndNamesADanglingLink() throws Exception {
        file("f/a.png");
        file("other/b.png");
        link("f/linked", "../other");
        link("f/dangling.png", "nowhere");

        var selection = select("f");

        assertThat(names(selection)).containsExactly("f/a.png", "f/linked/b.png");
        assertThat(failures(selection))
                .containsExactly(
                        "f/dangling.png: The link leads to nothing that can be read (nowhere: it is not there).");
        assertThat(selection.unreadable().getFirst().status()).isEqualTo("NOT_SENT");
    }

    @Test
    void entersAFolderOnceHoweverManyLinksLeadToIt() throws Exception {
        file("f/z/a.png");
        file("f/z/b.png");
        link("f/a-link", "z");
        link("f/loop", ".");
        link("f/z/up", "..");
        link("f/z/other-link", "../z");
        link("round", "f");

        assertThat(names(select("f"))).containsExactly("f/z/a.png", "f/z/b.png");
        assertThat(names(select("f", "round", "f/z", "f/z/a.png", "round/z/a.png")))
                .containsExactly("f/z/a.png", "f/z/b.png");
    }

    @Test
    void aFileIsTakenByEachOfItsNames() throws Exception {
        file("f/a.png");
        link("f/b.png", "a.png");
        link("f/c.txt", "a.png");
        assertThat(names(select("f"))).containsExactly("f/a.png", "f/b.png");
    }

    @Test
    void aLinkThatLeadsToItselfIsAFailure() throws Exception {
        file("f/a.png");
        link("f/self.png", "self.png");
        var selection = select("f");
        assertThat(names(selection)).containsExactly("f/a.png");
        assertThat(failures(selection)).hasSize(1).first().asString().startsWith("f/self.png: The link leads to");
    }

    @Test
    void aDanglingLinkThatIsNamedIsAFailureToo() throws Exception {
        file("a.png");
        link("gone.png", "nowhere");
        var selection = select("a.png", "gone.png");
        assertThat(names(selection)).containsExactly("a.png");
        assertThat(failures(selection)).hasSize(1);
    }

    @Test
    void aFolderWithoutPicturesIsSaidWithWhatIsThere() throws Exception {
        file("src/Main.java");
        assertThatThrownBy(() -> select("src"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("There are no pictures in " + folder.resolve("src")
                        + ": left out: 1 file that is no picture (1 .java; --all sends it too).");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none.png", "a.png/x.png"})
    void refusesWhatDoesNotExist(String name) throws Exception {
        file("a.png");
        assertThatThrownBy(() -> select(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(folder.resolve(name).toString());
    }
}
