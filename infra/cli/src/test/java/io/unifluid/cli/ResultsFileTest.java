package io.unifluid.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.cli.ResultsFile.Existing;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ResultsFileTest {
    @TempDir
    private Path folder;

    private void write(Path file, Existing existing, String line) {
        try (var results = ResultsFile.open(file, existing)) {
            results.line(line);
        }
    }

    @Test
    void aLineIsInTheFileAsSoonAsItIsWritten() throws Exception {
        var file = folder.resolve("out.jsonl");
        try (var results = ResultsFile.open(file, Existing.REFUSED)) {
            results.line("{\"a\":1}");
            assertThat(file).hasContent("{\"a\":1}\n");
        }
    }

    @Test
    void doesNotTouchWhatIsThereUnlessTold() throws Exception {
        var file = folder.resolve("out.jsonl");
        write(file, Existing.REFUSED, "one");
        assertThatThrownBy(() -> write(file, Existing.REFUSED, "two"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The output file " + file
                        + " is there already: add to it with --append, or replace it with --force.");
        assertThat(file).hasContent("one\n");
        write(file, Existing.APPENDED, "two");
        assertThat(file).hasContent("one\ntwo\n");
        write(file, Existing.REPLACED, "3");
        assertThat(file).hasContent("3\n");
        write(folder.resolve("new.jsonl"), Existing.APPENDED, "new");
        assertThat(folder.resolve("new.jsonl")).hasContent("new\n");
    }

    @Test
    void anEmptyFileOrADeviceIsNothingToLose() throws Exception {
        write(Files.createFile(folder.resolve("empty")), Existing.REFUSED, "one");
        assertThat(folder.resolve("empty")).hasContent("one\n");
        write(Path.of("/dev/null"), Existing.REFUSED, "one");
    }

    @Test
    void doesNotJoinALineToAHalfOne() throws Exception {
        var file = Files.writeString(folder.resolve("out.jsonl"), "one\ntw");
        write(file, Existing.APPENDED, "three");
        assertThat(file).hasContent("one\ntw\nthree\n");
    }

    @Test
    void saysWhyAFileCannotBeWritten() {
        assertThatThrownBy(() -> ResultsFile.open(folder, Existing.REFUSED))
                .isInstanceOf(EnvironmentProblem.class)
                .hasMessage("The output file " + folder
                        + " cannot be written (is a directory): name one in a folder that exists and is writable.");
        assertThatThrownBy(() -> ResultsFile.open(folder.resolve("no/out"), Existing.REFUSED))
                .hasMessageContaining("(it is not there)");
    }
}
