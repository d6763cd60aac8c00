package io.unifluid.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unifluid.inference.families.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelBundleTest {
    @TempDir
    Path folder;

    @BeforeEach
    void copyBundle() throws IOException {
        try (Stream<Path> files = Files.list(Fixtures.tinyBundle())) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName().toString()));
            }
        }
    }

    private void edit(String from, String to) throws IOException {
        Path manifest = folder.resolve("bundle.json");
        String json = Files.readString(manifest);
        assertThat(json).contains(from);
        Files.writeString(manifest, json.replace(from, to));
    }

    private void refused(String message) {
        assertThatThrownBy(() -> Models.load(ModelBundle.open(folder), cpu()).close())
                .isInstanceOf(BundleException.class)
                .hasMessage("Bundle " + folder + ": " + message);
    }

    private static ModelOptions cpu() {
        return new ModelOptions(DeviceChoice.CPU, 2, 1, 1);
    }

    @Test
    void opensASoundBundle() {
        ModelBundle bundle = ModelBundle.open(folder);

        assertThat(bundle.name()).isEqualTo("tiny");
        assertThat(bundle.licence()).isEqualTo("Apache-2.0");
        assertThat(bundle.tasks()).containsExactlyInAnyOrder(Task.values());
    }

    @Test
    void saysWhatItIsForWhereTheBundleDoes() throws IOException {
        assertThat(ModelBundle.open(folder).card().purpose()).isEmpty();

        edit("\"format\": 1", "\"format\": 1, \"purpose\": \"Tests.\"");
        Files.delete(folder.resolve("score.onnx")); // a card needs no other file

        assertThat(ModelBundle.card(folder)).isEqualTo(new ModelCard("tiny", "1", Optional.of("Tests.")));
        assertThat(Models.card("noop").purpose()).get().asString().contains("looks at nothing");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"encode.onnx", "understand.onnx", "score.onnx", "generate.onnx", "edit.onnx", "tokenizer.json"})
    void refusesAFileWithOneByteChanged(String file) throws IOException {
        byte[] bytes = Files.readAllBytes(folder.resolve(file));
        bytes[bytes.length / 2] ^= 1;
        Files.write(folder.resolve(file), bytes);

        refused("file " + file + " does not match its checksum in bundle.json; download or export the bundle again.");
    }

    @Test
    void refusesAMissingFile() throws IOException {
        Files.delete(folder.resolve("score.onnx"));

        refused("file score.onnx is missing; download or export the bundle again.");
    }

    @Test
    void hasTheCardThatTheBundleWrites() throws IOException {
        edit("\"format\": 1", "\"format\": 1, \"card\": {\"trainedOn\": \"Toys.\", \"limits\": \"Four pixels.\"}");

        assertThat(ModelBundle.card(folder).statements())
                .containsExactly(Map.entry("trainedOn", "Toys."), Map.entry("limits", "Four pixels."));
        try (LoadedModel model = Models.load(ModelBundle.open(folder), cpu())) {
            assertThat(model.card()).isEqualTo(ModelBundle.card(folder));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"onnx/model.onnx_data", "onnx/model.onnx_data_1", "onnx/model.onnx"})
    void refusesAFileWithoutChecksumInAFolderBelow(String file) throws IOException {
        Files.createDirectories(folder.resolve("onnx"));
        Files.write(folder.resolve(file), new byte[] {1});

        refused("file " + file + " has no checksum in bundle.json; download or export the bundle again.");
    }

    @Test
    void refusesAFileWithoutChecksum() throws IOException {
        Files.write(folder.resolve("weights.data"), new byte[] {1});

        refused("file weights.data has no checksum in bundle.json; download or export the bundle again.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../outside.onnx", "/etc/passwd", "a/../../outside.onnx", "."})
    void refusesAFileOutsideTheFolder(String file) throws IOException {
        edit("\"encode.onnx\": \"", "\"" + file + "\": \"");

        refused("file " + file + " lies outside the bundle's folder; download or export the bundle again.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"format\": 1|\"format\": 2|bundle.json has format 2 and this build reads format 1; take a bundle or a"
                        + " build that fits the other.",
                "\"family\": \"unifluid\"|\"family\": \"other\"|bundle.json names the family \"other\", which this"
                        + " build does not run (it runs unifluid, paligemma, smolvlm, florence2, janus, image-classifier); take"
                        + " a bundle of one of those, or a newer build.",
                "\"maxBatch\": 4|\"maxBatch\": 0|limits.maxBatch in bundle.json is 0 and not a whole number from 1 to"
                        + " 4096; download or export the bundle again.",
                "\"name\": \"tiny\",||name in bundle.json is missing; download or export the bundle again.",
                "\"caption\",|\"paint\",|tasks in bundle.json names \"paint\", which is none of caption, vqa, generate,"
                        + " edit; download or export the bundle again.",
                "\"fit\": \"stretch\"|\"fit\": \"crop\"|image.fit in bundle.json is \"crop\" and this build knows only"
                        + " \"stretch\"; download or export the bundle again.",
                "{hint}||templates.caption in bundle.json has no {hint}; download or export the bundle again.",
                "\"score\": \"score.onnx\",||graphs.score in bundle.json is missing; download or export the bundle"
                        + " again.",
                "\"score\": \"score.onnx\"|\"score\": \"encode.onnx\"|file encode.onnx wants the input pixels, which a"
                        + " UniFluid score graph does not have; export the bundle again.",
                "\"width\": 4|\"width\": 8|file edit.onnx wants the input source as 32-bit floats [any, 3, 4, 4] and this"
                        + " bundle's edit graph gets 32-bit floats [any, 3, 4, 8]; export the bundle again.",
                "\"tokenDim\": 12|\"tokenDim\": 8|file edit.onnx wants the input noise as 32-bit floats [any, 4, 12] and"
                        + " this bundle's edit graph gets 32-bit floats [any, 4, 8]; export the bundle again.",
                "\"encode\": \"encode.onnx\"|\"encode\": \"generate.onnx\"|file generate.onnx wants the input guidance,"
                        + " which a UniFluid encode graph does not have; export the bundle again.",
            })
    void refusesAManifestItCannotUse(String from, String to, String message) throws IOException {
        edit(from, to == null ? "" : to);

        refused(message);
    }

    @Test
    void refusesWhatIsNotJson() throws IOException {
        Files.writeString(folder.resolve("bundle.json"), "{\"format\": 1,\n oops");

        refused("bundle.json is not valid JSON (line 2); download or export the bundle again.");
    }

    @Test
    void refusesAFolderWithoutManifest() throws IOException {
        Files.delete(folder.resolve("bundle.json"));

        refused("file bundle.json is missing; name the folder of a model bundle.");
    }

    @Test
    void refusesAFolderThatIsNotThere() {
        Path missing = folder.resolve("nowhere");

        assertThatThrownBy(() -> Models.open(missing.toString(), cpu()))
                .hasMessage("Bundle " + missing + ": there is no such folder; name the folder of a model.");
    }

    @Test
    void fallsBackToTheCpuAndSaysWhy() {
        try (LoadedModel model = Models.load(ModelBundle.open(folder), ModelOptions.defaults())) {
            assertThat(model.info().device()).isIn("cpu", "cuda:0");
            assertThat(model.info().deviceReason()).isNotBlank();
        }
    }

    @Test
    void opensTheNoOpModelByName() {
        try (LoadedModel model = Models.open("noop", cpu())) {
            assertThat(model.info().family()).isEqualTo("noop");
            assertThat(model.run(java.util.List.of()).items()).isEmpty();
        }
    }
}
