package io.unifluid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code model compile} with the project's own script; skipped where Python or its two packages cannot be had. */
final class CompileModelTest {
    private static final Path PUBLIC_MODELS =
            Path.of("../../gpu-worker/public-models").toAbsolutePath();
    private static final String SCRIPTS = "gpu-worker/public-models";
    private static final String LOOP = "onnx/decoder_loop.onnx";

    @TempDir
    private Path checkout;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final PrintStream before = System.err;

    @BeforeEach
    void setCheckout() throws IOException {
        Files.createDirectories(checkout.resolve("gpu-worker"));
        System.setProperty("unifluid.checkout", checkout.toString());
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void forgetCheckout() throws IOException {
        if (Files.isSymbolicLink(checkout.resolve(SCRIPTS))) {
            Files.delete(checkout.resolve(SCRIPTS));
        }
        System.clearProperty("unifluid.checkout");
        System.setErr(before);
    }

    private int run(String... arguments) {
        var err = new StringWriter();
        int code = UniFluid.commandLine().setErr(new PrintWriter(err)).execute(arguments);
        said.writeBytes(err.toString().getBytes(StandardCharsets.UTF_8));
        return code;
    }

    /** Fails with the script's sentences, and skips the test where it says that it cannot be run here. */
    private int compile(String name) throws IOException {
        var link = checkout.resolve(SCRIPTS);
        if (!Files.exists(link)) {
            Files.createSymbolicLink(link, PUBLIC_MODELS);
        }
        int code = run("model", "compile", name);
        Assumptions.assumeFalse(said().contains("Compiling needs"), said());
        return code;
    }

    private String said() {
        return said.toString(StandardCharsets.UTF_8);
    }

    private Path imported(String family) throws IOException {
        assertThat(run(
                        "model",
                        "import",
                        PUBLIC_MODELS.resolve("twins").resolve(family).toString(),
                        "--as",
                        family))
                .as(said())
                .isZero();
        return checkout.resolve(".unifluid/models").resolve(family);
    }

    private static void change(Path bundle, Consumer<ObjectNode> change) throws IOException {
        var file = bundle.resolve("bundle.json").toFile();
        var json = (ObjectNode) new ObjectMapper().readTree(file);
        change.accept(json);
        new ObjectMapper().writeValue(file, json);
    }

    @ParameterizedTest
    @ValueSource(strings = {"paligemma", "smolvlm"})
    void addsTheSameGraphWhereverItIsMadeAndTriesIt(String family) throws IOException {
        var bundle = imported(family);
        Files.delete(bundle.resolve(LOOP));
        change(bundle, json -> {
            json.withObject("/graphs").remove("decoder_loop");
            json.withObject("/sha256").remove(LOOP);
        });
        assertThat(compile(family)).as(said()).isZero();
        assertThat(said()).contains("self-test  caption: ");
        assertThat(bundle.resolve(LOOP))
                .hasSameBinaryContentAs(
                        PUBLIC_MODELS.resolve("twins").resolve(family).resolve(LOOP));
        var json = new ObjectMapper().readTree(bundle.resolve("bundle.json").toFile());
        assertThat(json.at("/graphs/decoder_loop").asText()).isEqualTo(LOOP);
        assertThat(run("model", "check", family)).isZero();
    }

    @Test
    void saysWhatCannotBeCompiledAndWhy() throws IOException {
        imported("florence2");
        assertThat(compile("florence2")).isEqualTo(3);
        assertThat(said()).contains("of the family florence2, which has an encoder of prompts");
        imported("janus");
        assertThat(compile("janus")).isEqualTo(3);
        assertThat(said()).contains("of the family janus, which has not both embed_tokens and decoder_model_merged");

        var bundle = imported("paligemma");
        change(bundle, json -> json.withObject("/decoding").put("temperature", 0.7));
        assertThat(compile("paligemma")).isEqualTo(3);
        assertThat(said()).contains("has decoding.temperature in bundle.json, which draws tokens by chance");

        change(bundle, json -> {
            json.withObject("/decoding").remove("temperature");
            json.withObject("/graphs").put("decoder_model_merged", "onnx/vision_encoder.onnx");
        });
        assertThat(compile("paligemma")).isEqualTo(3);
        assertThat(said()).contains("Its decoder wants pixel_values and lacks inputs_embeds");

        Files.writeString(bundle.resolve("onnx/embed_tokens.onnx"), "no graph");
        assertThat(compile("paligemma")).isEqualTo(3);
        assertThat(said())
                .contains("embed_tokens.onnx cannot be read as an ONNX graph")
                .doesNotContain("Traceback");

        assertThat(compile("nothing")).isEqualTo(3);
        assertThat(said()).contains("There is no model nothing here");
    }

    @Test
    void needsAScriptAndSaysSo() throws IOException {
        imported("paligemma");
        assertThat(run("model", "compile", "paligemma")).isEqualTo(3);
        assertThat(said()).contains("Compiling needs a checkout of the project");
    }

    /** As on a machine without Python. */
    @Test
    void theScriptsLastLineIsTheAnswerWhereItFails() throws IOException {
        imported("paligemma");
        var script = Files.createDirectories(checkout.resolve(SCRIPTS)).resolve("run");
        Files.writeString(script, "#!/bin/sh\necho first >&2\necho 'There is no python3 here.' >&2\nexit 3\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        assertThat(run("model", "compile", "paligemma")).isEqualTo(3);
        assertThat(said()).contains("first").endsWith("unifluid: There is no python3 here." + System.lineSeparator());
    }
}
