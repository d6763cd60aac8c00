package io.unifluid.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user reads who gets the command line wrong; nothing is started for any of these. */
final class UniFluidTest {
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return UniFluid.commandLine().setErr(new PrintWriter(err)).execute(arguments);
    }

    @Test
    void refusesAnUnknownCommand() {
        assertThat(run("captoin", "x.png")).isEqualTo(2);
        assertThat(err.toString()).contains("captoin").contains("--help");
    }

    @Test
    void refusesAMissingPicture() {
        assertThat(run("caption")).isEqualTo(2);
        assertThat(err.toString()).contains("DIR|FILE");
    }

    @Test
    void namesAFileThatDoesNotExist(@TempDir Path folder) {
        var missing = folder.resolve("missing.png").toString();
        assertThat(run("caption", missing)).isEqualTo(2);
        assertThat(run("ask", missing, "what is it?")).isEqualTo(2);
        assertThat(run("edit", missing, "make it red")).isEqualTo(2);
        assertThat(err.toString().lines().filter(line -> line.contains(missing)))
                .hasSize(3);
    }

    @Test
    void auditNeedsBothAddressesOrNone() {
        assertThat(run("audit", "--bootstrap-servers", "127.0.0.1:1")).isEqualTo(2);
        assertThat(err.toString()).contains("--registry");
    }

    @Test
    void refusesAFolderWithoutFiles(@TempDir Path folder) {
        assertThat(run("caption", folder.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("no files").contains(folder.toString());
    }

    @Test
    void refusesAFolderWhereOnePictureIsMeant(@TempDir Path folder) {
        assertThat(run("ask", folder.toString(), "what is it?")).isEqualTo(2);
        assertThat(err.toString()).contains("is a folder");
    }

    @Test
    void refusesCountsBelowOne() {
        assertThat(run("generate", "a fox", "--count", "0")).isEqualTo(2);
        assertThat(run("demo", "--count", "0")).isEqualTo(2);
        assertThat(run("demo", "--count", "many")).isEqualTo(2);
        assertThat(err.toString()).contains("--count is 0; give 1 or more.").contains("many");
    }

    @Test
    void refusesAPlaceForPicturesThatDoesNotExist(@TempDir Path folder) {
        assertThat(run(
                        "generate",
                        "a fox",
                        "--out",
                        folder.resolve("no/such/fox.png").toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--out");
    }

    @Test
    void saysThatABundleIsMissingBeforeStartingAnything(@TempDir Path folder) throws Exception {
        var picture = java.nio.file.Files.write(folder.resolve("a.png"), new byte[] {1});
        assertThat(run(
                        "caption",
                        picture.toString(),
                        "--model",
                        folder.resolve("none").toString()))
                .isEqualTo(3);
        assertThat(err.toString()).contains("no model bundle").contains("--model noop");
    }

    @Test
    void refusesHalfAClusterAndTimesThatAreNone() {
        assertThat(run("dead-letters")).isEqualTo(2);
        assertThat(run("dead-letters", "list", "--bootstrap-servers", "localhost:1"))
                .isEqualTo(2);
        assertThat(run("dead-letters", "list", "--since", "yesterday")).isEqualTo(2);
        assertThat(run("dead-letters", "list", "--limit", "0")).isEqualTo(2);
        assertThat(run("dead-letters", "show", "17")).isEqualTo(2);
        assertThat(run("cancel")).isEqualTo(2);
        assertThat(run("cancel", " ")).isEqualTo(2);
        assertThat(err.toString())
                .contains("list, show or redrive")
                .contains("--registry together")
                .contains("--since is 'yesterday'")
                .contains("--limit is 0")
                .contains("PARTITION/OFFSET")
                .contains("REQUEST_ID")
                .contains("blank");
    }
}
