package io.unifluid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user reads of policies, lists and truths in files; nothing is started for any of these. */
final class ModerationCommandsTest {
    private static final String SOUND = """
            policy: weapons
            questions:
              - name: weapon
                ask: is there a weapon in the image?
                choices: [yes, no]
                bands: [{choice: yes, review: 0.2, block: 0.9, labels: [weapon]}]
            """;

    @TempDir
    private Path folder;

    private final StringWriter err = new StringWriter();
    private String out = "";

    @Test
    void saysThatAPolicyIsSoundOrWhichFieldIsNot() throws Exception {
        var sound = Files.writeString(folder.resolve("sound.yaml"), SOUND);
        var broken = Files.writeString(
                folder.resolve("broken.yaml"),
                SOUND.replace("0.9", "1.5").replace("labels: [weapon]", "labels: ['<b>']"));

        assertThat(run("policy", "check", sound.toString())).isZero();
        assertThat(out).contains("sound: weapons, 1 questions, 0 rules");
        assertThat(run("policy", "check", sound.toString(), broken.toString())).isEqualTo(1);
        assertThat(out)
                .contains("questions.weapon.bands[0].block: goes from 1.5 to 1.0; scores are from 0 to 1.")
                .contains("questions.weapon.bands[0].labels[0]: '<b>' is no label");
    }

    @Test
    void refusesAPolicyBeforeAnythingIsAskedFor() throws Exception {
        var broken = Files.writeString(folder.resolve("broken.yaml"), "policy: [");

        assertThat(run("policy", "apply", broken.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("broken.yaml").contains("is no YAML");
        assertThat(run("policy", "apply", folder.resolve("missing.yaml").toString()))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains("missing.yaml cannot be read")
                .contains("there is no such file: check the spelling.");
        assertThat(run("policy", "replay")).isEqualTo(2);
        assertThat(err.toString()).contains("--versions NAME@OLD..NEW");
        assertThat(run("policy")).isEqualTo(2);
    }

    @Test
    void refusesAListWithABrokenLineWholeAndNamesTheLine() throws Exception {
        var list =
                Files.writeString(folder.resolve("list.txt"), "# known\n" + "ab".repeat(32) + ", a note\n\npdq,xyz\n");

        assertThat(run("moderation", "lists", "add", "bad", list.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("list.txt").contains("Line 4 is 'pdq,xyz'; an entry has 64 hex digits.");
        Files.writeString(list, "ab".repeat(32) + "\n");
        assertThat(run("moderation", "lists", "add", "bad", list.toString(), "--label", "<script>"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("labels: use up to 64 letters");
    }

    @Test
    void hashesPicturesAsListsTakeThem() throws Exception {
        var scene = Path.of("../sample-archive/scene-0001.png");
        var text = Files.writeString(folder.resolve("text.png"), "no picture");

        assertThat(run("moderation", "lists", "hash", scene.toString())).isZero();
        assertThat(out.strip()).matches("sha256,[0-9a-f]{64}\tpdq,[0-9a-f]{64}\t\\d+\t.*scene-0001.png");
        assertThat(run("moderation", "lists", "hash", text.toString())).isEqualTo(1);
        assertThat(out).contains("no picture");
    }

    @Test
    void namesTheLineOfATruthThatIsNone() throws Exception {
        Files.writeString(
                folder.resolve("truth.jsonl"),
                "{\"file\":\"a.png\",\"questions\":[{\"question\":\"q\",\"choices\":[\"yes\",\"no\"],\"answer\":\"maybe\",\"kind\":\"moderation\"}]}\n");

        assertThat(run("moderation", "evaluate", folder.toString())).isEqualTo(2);
        assertThat(err.toString())
                .contains("truth.jsonl line 1 has a question without a text, or whose answer is none");
        assertThat(run("moderation", "evaluate", folder.toString(), "--precision", "2"))
                .isEqualTo(2);
        assertThat(run("moderation", "evaluate", folder.resolve("none").toString()))
                .isEqualTo(2);
    }

    private int run(String... arguments) {
        var stdout = System.out;
        var bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            return UniFluid.commandLine().setErr(new PrintWriter(err)).execute(arguments);
        } finally {
            System.setOut(stdout);
            out = bytes.toString(StandardCharsets.UTF_8);
        }
    }
}
