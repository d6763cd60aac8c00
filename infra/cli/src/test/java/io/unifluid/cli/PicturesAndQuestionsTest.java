package io.unifluid.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PicturesAndQuestionsTest {
    @TempDir
    private Path folder;

    private String a;
    private String b;

    @BeforeEach
    void pictures() throws IOException {
        a = file("A.png", "1");
        b = file("B.png", "1");
    }

    private String file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content).toString();
    }

    private static PicturesAndQuestions of(String... words) {
        return PicturesAndQuestions.of(List.of(words), List.of());
    }

    @Test
    void picturesAreToldFromQuestions() throws Exception {
        var unnamed = file("photo", "GIF89a......");
        var asked = of(a, b, "is it red?", unnamed, "What is this");
        assertThat(asked.pictures()).containsExactly(Path.of(a), Path.of(b), Path.of(unnamed));
        assertThat(asked.questions()).containsExactly("is it red?", "What is this");
    }

    @Test
    void aQuestionMayContainAnything() {
        var words =
                new String[] {a, "either/or?", "Is v1.2 newer than v1.1?", "x".repeat(5000), "tab\there", "\ud83d\ude00"
                };
        assertThat(of(words).questions()).hasSize(words.length - 1);
        assertThat(PicturesAndQuestions.of(List.of(a), List.of("B.png")).questions())
                .containsExactly("B.png");
    }

    @Test
    void aWordThatLooksLikeAPictureAndIsNoneIsRefused() throws Exception {
        var missing = folder.resolve("C.PNG").toString();
        assertThatThrownBy(() -> of(a, missing, "is it red?"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("There is no file " + missing + ": check the spelling and try again.");
        var notes = file("notes.txt", "text");
        assertThatThrownBy(() -> of(a, notes, "is it red?"))
                .hasMessage(notes + " is a file, but no picture: leave it away, or ask it with --question.");
        assertThatThrownBy(() -> of(a, folder.toString(), "is it red?")).hasMessageContaining("is a folder");
    }

    @Test
    void thereMustBeAQuestion() {
        assertThatThrownBy(() -> of(a, b))
                .hasMessageContaining("nothing to ask")
                .hasMessageContaining("--question");
    }
}
