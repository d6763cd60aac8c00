package io.unifluid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bringing a model of one's own, as a user types it; nothing is started for any of these. */
final class ModelCommandsTest {
    private static final Path TOYS = Path.of("../../gpu-worker/inference/src/test/resources");
    private static final Path COLOURS = TOYS.resolve("hub-classifier");

    @TempDir
    private Path checkout;

    private final StringWriter err = new StringWriter();
    private String out = "";

    @BeforeEach
    void setCheckout() {
        System.setProperty("unifluid.checkout", checkout.toString());
    }

    @AfterEach
    void forgetCheckout() {
        System.clearProperty("unifluid.checkout");
    }

    private int run(String... arguments) {
        var before = System.out;
        var bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            return UniFluid.commandLine().setErr(new PrintWriter(err)).execute(arguments);
        } finally {
            System.setOut(before);
            out = bytes.toString(StandardCharsets.UTF_8);
        }
    }

    @Test
    void importsShowsChecksAndUsesAModel() throws Exception {
        assertThat(run("model", "list")).isZero();
        assertThat(out).isEmpty();
        assertThat(run("model", "import", COLOURS.toString(), "--as", "colours", "--purpose", "Tells three colours."))
                .isZero();
        assertThat(out)
                .contains("model      colours ")
                .contains("licence    Apache-2.0")
                .contains("purpose    Tells three colours.")
                .contains("trainedOn: Data sets named by its README: crayons, balloons.");
        assertThat(checkout.resolve(".unifluid/models/colours/onnx/model.onnx_data"))
                .exists();

        assertThat(run("model", "list")).isZero();
        assertThat(out).startsWith("  colours  ").contains("image-classifier  vqa  Apache-2.0");
        assertThat(run("model", "show", "colours", "--json")).isZero();
        var shown = new ObjectMapper().readTree(out);
        assertThat(shown.path("used").asBoolean()).isFalse();
        assertThat(shown.at("/card/measured").asText()).contains("Nothing of it was measured");

        assertThat(run("model", "use", "colours")).isZero();
        assertThat(run("model", "list")).isZero();
        assertThat(out).startsWith("* colours  ");
        assertThat(run("model", "check")).isZero();
        assertThat(out).contains("colours is whole and runs.");
        assertThat(run("model", "show")).isZero();
        assertThat(out).contains("model      colours ");
    }

    @Test
    void saysWhatItCannotTakeAndWhy() throws Exception {
        assertThat(run("model", "import", COLOURS.toString(), "--as", "colours", "--dtype", "q4"))
                .isEqualTo(3);
        assertThat(run("model", "import", COLOURS.toString(), "--dtype", "half"))
                .isEqualTo(2);
        assertThat(run("model", "import", checkout.resolve("nowhere").toString()))
                .isEqualTo(3);
        assertThat(run(
                        "model",
                        "import",
                        Files.createDirectory(checkout.resolve("empty")).toString()))
                .isEqualTo(3);
        assertThat(run("model", "use", "nothing")).isEqualTo(3);
        assertThat(run("model", "show", "nothing")).isEqualTo(3);
        assertThat(run("model")).isEqualTo(2);
        assertThat(err.toString())
                .contains("has the graph model not as q4 but as fp32, quantized")
                .contains("The dtype 'half' is none of fp32")
                .contains("There is no folder " + checkout.resolve("nowhere"))
                .contains("holds neither bundle.json nor config.json")
                .contains("There is no model nothing here")
                .contains("Say what to do: import, list, show, check, compile or use.");
    }

    @Test
    void aDamagedModelDoesNotPassItsCheck() throws Exception {
        assertThat(run("model", "import", TOYS.resolve("tiny-classifier").toString()))
                .isZero();
        Files.write(checkout.resolve(".unifluid/models/tiny-classifier/planes.onnx"), new byte[] {1});

        assertThat(run("model", "check", "tiny-classifier")).isEqualTo(3);
        assertThat(err.toString()).contains("planes.onnx does not match its checksum");
    }
}
