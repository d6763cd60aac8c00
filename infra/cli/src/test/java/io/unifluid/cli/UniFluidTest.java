package io.unifluid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.unifluid.inference.families.Models;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
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
    void whoNamesACommandGetsThatOneAndWhoNamesNoneCanChoose() throws Exception {
        var all = UniFluid.commandLine().getSubcommands().keySet();
        assertThat(all).contains("demo", "archive", "doctor", "help");
        for (var name : all) {
            assertThat(UniFluid.commandLine(name, "--help").getSubcommands().keySet())
                    .isEqualTo(name.equals("help") ? all : Set.of(name));
        }
        assertThat(UniFluid.commandLine("--help").getSubcommands().keySet()).isEqualTo(all);
        assertThat(UniFluid.commandLine("captoin").getSubcommands().keySet()).isEqualTo(all);
    }

    /** Else it would start as slowly as its first start each time. */
    @Test
    void theScriptKeepsTheClassesOfEachCommand() throws Exception {
        var script = Files.readString(Path.of("../../unifluid"));
        var kept = Pattern.compile("(?s)\\n# The kinds of commands:.*?\\n  (.*?)\\) kind=")
                .matcher(script);
        assertThat(kept.find()).isTrue();

        var names = new TreeSet<>(UniFluid.commandLine().getSubcommands().keySet());
        names.remove("help");
        assertThat(Arrays.stream(kept.group(1).split("\\|")).map(String::strip))
                .containsExactlyInAnyOrderElementsOf(names);
    }

    @Test
    void whatACommandLeavesThatDidNotGetToItsWorkIsMarkedOnce(@TempDir Path folder) throws Exception {
        var kept = folder.resolve("command-status.jsa");
        System.setProperty("unifluid.kept", kept.toString());
        try {
            KeptClasses.poor();
            assertThat(folder.resolve("command-status.jsa.poor")).exists();
            Files.delete(folder.resolve("command-status.jsa.poor"));

            Files.writeString(kept, "of a command that went well");
            KeptClasses.poor();
            assertThat(folder.resolve("command-status.jsa.poor")).doesNotExist();
        } finally {
            System.clearProperty("unifluid.kept");
        }
        KeptClasses.poor();
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
    void verifyNamesAFolderThatIsNotThereBeforeItAsksForAStack(@TempDir Path folder) {
        assertThat(run("archive", "verify", folder.resolve("none").toString())).isEqualTo(2);
        assertThat(err.toString()).contains("There is no folder " + folder.resolve("none") + ": name the one");
        assertThat(run("archive", "verify", folder.toString())).isEqualTo(2);
        assertThat(err.toString()).contains(folder + " holds no run of 'unifluid archive run'");
    }

    @Test
    void auditNeedsBothAddressesOrNone() {
        assertThat(run("audit", "--bootstrap-servers", "127.0.0.1:1")).isEqualTo(2);
        assertThat(err.toString()).contains("--registry");
    }

    @Test
    void webhooksSayWhatCanBeDone() {
        assertThat(run("webhooks")).isEqualTo(2);
        assertThat(err.toString()).contains("add, list, rotate, enable, disable, deliveries or remove");
        assertThat(run("webhooks", "deliveries", "we_1", "--most", "0")).isEqualTo(2);
        assertThat(err.toString()).contains("--most is 0; give 1 or more.");
        assertThat(run("webhooks", "list", "--bootstrap-servers", "127.0.0.1:1"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--registry");
    }

    /** Where a user begins to read: the page, the help, and the model's own entry, all in the bundle's words. */
    @Test
    void saysWhatTheShippedModelIsFor() throws Exception {
        var checkout = Path.of("../..").toAbsolutePath().normalize();
        var purpose = Models.card(
                        checkout.resolve("gpu-worker/reference-model/bundle").toString())
                .purpose()
                .orElseThrow();
        assertThat(purpose).contains("80 kinds of emoji").contains("photographs");
        assertThat(oneLine(Files.readString(checkout.resolve("README.md")).substring(0, 1500)))
                .contains(purpose);
        System.setProperty("unifluid.checkout", checkout.toString());
        try {
            assertThat(oneLine(UniFluid.commandLine().getUsageMessage())).contains(purpose);
        } finally {
            System.clearProperty("unifluid.checkout");
        }
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ");
    }

    @Test
    void aFileWhoseNameBeginsWithAnAtIsAFile(@TempDir Path folder) throws Exception {
        var list = Files.writeString(folder.resolve("list"), "--help");
        assertThat(run("caption", "@" + list)).isEqualTo(2);
        assertThat(err.toString()).contains("There is no file or folder @" + list);
    }

    @Test
    void whatCannotBeReadAtAllNeedsNoStack(@TempDir Path folder) throws Exception {
        Files.createSymbolicLink(folder.resolve("a.png"), Path.of("nowhere"));
        assertThat(run("caption", folder.toString())).isEqualTo(1);
    }

    @Test
    void refusesAnOutputFileThatIsThere(@TempDir Path folder) throws Exception {
        var picture = Files.write(folder.resolve("a.png"), new byte[] {1}).toString();
        var output = Files.writeString(folder.resolve("out.jsonl"), "{}\n");
        assertThat(run("caption", picture, "--output", output.toString())).isEqualTo(2);
        assertThat(run("caption", picture, "--append")).isEqualTo(2);
        assertThat(run("caption", picture, "--append", "--force", "--output", output.toString()))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains(output + " is there already")
                .contains("name it with --output")
                .contains("--append, --force are mutually exclusive");
        assertThat(output).hasContent("{}\n");
    }

    @Test
    void neverShowsAClassNameOrAnEscape(@TempDir Path folder) throws Exception {
        var hostile = "\u001b[31m\nx";
        run("caption", hostile);
        run("generate", "a fox", "--steps", "many", "--seed", hostile);
        run("generate", "a fox", "--seed", "99999999999999999999");
        run("generate", "a fox", "--guidance", "1,5");
        run("generate", "a fox", "--" + hostile);
        run(hostile);
        run("cancel", "x", "--client-config", folder.toString());
        run("cancel", "x", "--client-config", folder.resolve("none").toString());
        run("dead-letters", "list", "--bootstrap-servers", "nonsense", "--registry", "http://127.0.0.1:1");
        run("dead-letters", "list", "--bootstrap-servers", "no.host.invalid:1", "--registry", "http://127.0.0.1:1");
        run(
                "blobs",
                "collect",
                "--blob-store",
                folder.resolve("none").toString(),
                "--bootstrap-servers",
                "127.0.0.1:1",
                "--registry",
                "http://127.0.0.1:1");
        run("audit", "--bootstrap-servers", "nonsense", "--registry", "http://127.0.0.1:1");
        assertThat(err.toString().lines().filter(line -> line.startsWith("unifluid: ")))
                .hasSize(12);
        assertThat(err.toString()).doesNotContainPattern("(\\w+\\.){2,}[A-Z]").doesNotContain("Exception", "\u001b");
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
        var picture = Files.write(folder.resolve("a.png"), new byte[] {1});
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
