package io.unifluid.inference.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.inference.BundleException;
import io.unifluid.inference.BundleOutline;
import io.unifluid.inference.Fixtures;
import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.Task;
import io.unifluid.inference.hub.DtypeChoice;
import io.unifluid.inference.hub.HubFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelImportTest {
    @TempDir
    Path folder;

    private ModelLibrary library;
    private Path hub;

    @BeforeEach
    void copyFolder() throws IOException {
        library = new ModelLibrary(folder.resolve("home/models"), Optional.of(Fixtures.tinyBundle()));
        hub = Fixtures.copy(Fixtures.hubClassifier(), folder.resolve("colours"));
    }

    private static ImportWishes as(String name) {
        return new ImportWishes(Optional.of(name), Optional.empty(), Optional.empty(), DtypeChoice.ANY);
    }

    private static ImportWishes dtype(String text) {
        return new ImportWishes(Optional.empty(), Optional.empty(), Optional.empty(), DtypeChoice.parse(text));
    }

    private static ImportWishes licence(String id) {
        return new ImportWishes(Optional.empty(), Optional.of(id), Optional.empty(), DtypeChoice.ANY);
    }

    private ModelImport.Imported take(Path from, ImportWishes wishes) throws InterruptedException {
        return new ModelImport(library).take(from, wishes);
    }

    private AbstractThrowableAssert<?, ?> refused(ImportWishes wishes) {
        AbstractThrowableAssert<?, ?> refusal =
                assertThatThrownBy(() -> take(hub, wishes)).isInstanceOf(BundleException.class);
        assertThat(library.folder().resolve("colours")).doesNotExist();
        assertThat(unfinished()).isEmpty();
        return refusal;
    }

    private List<String> unfinished() {
        if (!Files.isDirectory(library.folder())) {
            return List.of();
        }
        try (Stream<Path> inside = Files.list(library.folder())) {
            return inside.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith("."))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void edit(String file, String from, String to) throws IOException {
        String text = Files.readString(hub.resolve(file));
        assertThat(text).contains(from);
        Files.writeString(hub.resolve(file), text.replace(from, to));
    }

    @Test
    void makesABundleOfAFolderFromAHub() throws Exception {
        ModelImport.Imported imported = take(hub, ImportWishes.NONE);

        assertThat(imported.name()).isEqualTo("colours");
        assertThat(imported.seen()).hasSize(1).first().asString().startsWith("question: Which of these is it?");
        ModelBundle bundle = ModelBundle.open(imported.folder());
        assertThat(bundle.family()).isEqualTo("image-classifier");
        assertThat(bundle.licence()).isEqualTo("Apache-2.0");
        assertThat(bundle.version()).matches("[0-9a-f]{12}");
        assertThat(bundle.manifest().texts("classes")).containsExactly("Red", "Green", "Blue");
        assertThat(bundle.card().statements())
                .containsEntry("trainedOn", "Data sets named by its README: crayons, balloons.")
                .containsEntry("source", "It calls itself somebody/colours.")
                .containsKeys("pictures", "languages", "measured");
        assertThat(imported.folder().resolve("onnx/model.onnx_data")).exists();
        assertThat(bundle.file("onnx/model.onnx_data")).exists();
        assertThat(imported.folder().resolve("onnx/model_quantized.onnx")).doesNotExist();
        assertThat(unfinished()).isEmpty();
    }

    @Test
    void theSameFolderHasTheSameVersionUnderEveryName() throws Exception {
        take(hub, as("one"));
        take(hub, as("two"));

        assertThat(library.all()).extracting(ModelLibrary.Entry::name).containsExactly("tiny", "one", "two");
        assertThat(library.all().subList(1, 3))
                .extracting(entry -> entry.outline().orElseThrow().card().version())
                .containsOnly(ModelBundle.card(library.get("one")).version());
    }

    @Test
    void takesTheNumbersThatAreAskedFor() throws Exception {
        Path taken = take(hub, dtype("quantized")).folder();

        assertThat(taken.resolve("onnx/model_quantized.onnx")).exists();
        assertThat(taken.resolve("onnx/model.onnx")).doesNotExist();
    }

    @Test
    void refusesNumbersThatAreNotThere() {
        refused(dtype("q4"))
                .hasMessageContaining("has the graph model not as q4 but as fp32, quantized: choose one of these");
        refused(dtype("quantized,model=fp16")).hasMessageContaining("not as fp16 but as");
        assertThatThrownBy(() -> dtype("half")).hasMessageContaining("'half' is none of fp32, quantized");
    }

    @Test
    void refusesTwoModelsOfOneName() throws Exception {
        take(hub, ImportWishes.NONE);

        assertThatThrownBy(() -> take(hub, ImportWishes.NONE))
                .hasMessageContaining("There is a model colours already")
                .hasMessageContaining("--as");
        assertThatThrownBy(() -> take(hub, as("tiny"))).hasMessageContaining("There is a model tiny already");
        assertThat(unfinished()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"noop", "used", "../up", "a/b", ".hidden", "", "two words"})
    void refusesANameThatNoModelCanHave(String name) {
        assertThatThrownBy(() -> take(hub, as(name))).hasMessageContaining("cannot be called '" + name + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"preprocessor_config.json", "onnx/model.onnx_data", "config.json"})
    void refusesAFolderThatLacksAPart(String file) throws IOException {
        Files.delete(hub.resolve(file));

        refused(ImportWishes.NONE).hasMessageContaining(file).hasMessageContaining(hub.toString());
    }

    @Test
    void refusesAFolderWithoutItsGraphs() throws IOException {
        for (String file : List.of("model.onnx", "model_quantized.onnx")) {
            Files.move(hub.resolve("onnx/" + file), hub.resolve("onnx/other_" + file));
        }

        refused(ImportWishes.NONE)
                .hasMessageContaining("has no graph onnx/model.onnx")
                .hasMessageContaining("it has onnx/other_model.onnx, onnx/other_model_quantized.onnx");
    }

    @Test
    void refusesWhatNoFamilyKnows() throws IOException {
        edit("config.json", "ViTForImageClassification", "WhisperForConditionalGeneration");
        edit("config.json", "\"vit\"", "\"whisper\"");

        refused(ImportWishes.NONE)
                .hasMessageContaining("a model of the type \"whisper\"")
                .hasMessageContaining("it knows unifluid, paligemma, smolvlm, florence2, janus, image-classifier");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 40, 200})
    void refusesAGraphThatWasCutShort(int bytes) throws IOException {
        byte[] whole = Files.readAllBytes(hub.resolve("onnx/model.onnx"));
        Files.write(hub.resolve("onnx/model.onnx"), Arrays.copyOf(whole, bytes));

        refused(ImportWishes.NONE).hasMessageContaining("onnx/model.onnx").hasMessageContaining("cut short");
    }

    /** Wherever it ends, it is refused; or, at the ends of its outermost parts, is the same graph. */
    @Test
    void readsNoGraphBeyondItsEnd() throws IOException {
        byte[] whole = Files.readAllBytes(hub.resolve("onnx/model_quantized.onnx"));
        int accepted = 0;
        for (int length = 0; length < whole.length; length++) {
            Files.write(hub.resolve("onnx/model_quantized.onnx"), Arrays.copyOf(whole, length));
            try {
                HubFolder.open(hub, DtypeChoice.parse("quantized")).graph("model");
                accepted++;
            } catch (BundleException e) {
                assertThat(e).hasMessageContaining("model_quantized.onnx");
            }
        }
        assertThat(accepted).isLessThan(20);
    }

    @Test
    void refusesWeightsThatWereCutShort() throws IOException {
        byte[] whole = Files.readAllBytes(hub.resolve("onnx/model.onnx_data"));
        Files.write(hub.resolve("onnx/model.onnx_data"), Arrays.copyOf(whole, whole.length - 1));

        refused(ImportWishes.NONE)
                .hasMessageContaining(
                        "onnx/model.onnx_data with " + (whole.length - 1) + " bytes of the " + whole.length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"onnx/model.onnx", "onnx/model.onnx_data"})
    void refusesAPointerInPlaceOfAFile(String file) throws IOException {
        Files.writeString(hub.resolve(file), "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n");

        refused(ImportWishes.NONE).hasMessageContaining("only a pointer to it").hasMessageContaining("git lfs pull");
    }

    @Test
    void refusesAGraphWithOtherInputs() throws IOException {
        Files.copy(
                Fixtures.tinyClassifier().resolve("two-inputs.onnx"),
                hub.resolve("onnx/model.onnx"),
                StandardCopyOption.REPLACE_EXISTING);

        refused(ImportWishes.NONE)
                .hasMessageContaining("takes attention_mask and pixels")
                .hasMessageContaining(hub.toString())
                .hasMessageNotContaining(".import-");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "config.json|\"id2label\"|\"id2name\"|does not name its classes",
                "config.json|\"1\": \"Green\"|\"7\": \"Green\"|does not name its classes from 0 on",
                "config.json|{|[|config.json, which is not valid JSON",
                "config.json|\"model_type\"|\"problem_type\": \"multi_label_classification\", \"model_type\"|several labels",
                "preprocessor_config.json|\"resample\": 3|\"resample\": 0|resample 0 in preprocessor_config.json",
                "preprocessor_config.json|\"height\": 4|\"tall\": 4|size.height",
                "preprocessor_config.json|\"image_mean\"|\"mean\"|what image_mean is",
                "preprocessor_config.json|\"do_resize\"|\"do_center_crop\": true, \"do_resize\"|(crop_size.width)",
                "preprocessor_config.json|\"do_resize\"|\"do_center_crop\": true, \"crop_size\": 5, \"do_resize\"|pads none",
                "preprocessor_config.json|\"do_resize\": true|\"do_center_crop\": true, \"do_resize\": false|does not resize",
                "preprocessor_config.json|\"do_resize\"|\"do_flip_channel_order\": true, \"do_resize\"|blue before red",
                "preprocessor_config.json|\"do_resize\"|\"crop_pct\": 7, \"do_resize\"|that is no share",
                "preprocessor_config.json|\"height\": 4|\"shortest_edge\": 4|pictures of any shape",
            })
    void refusesAConfigItCannotFollow(String file, String from, String to, String sentence) throws IOException {
        edit(file, from, to);

        refused(ImportWishes.NONE).hasMessageContaining(sentence);
    }

    /** By what ViT's, CLIP's and ConvNeXT's processors write; the size is that of the classifier's graph. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"shortest_edge\": 6}|\"do_center_crop\": true, \"crop_size\": {\"height\": 4, \"width\": 4}|shortestEdge|6",
                "6|\"image_processor_type\": \"CLIPFeatureExtractor\", \"do_center_crop\": true, \"crop_size\": 4|shortestEdge|6",
                "{\"height\": 7, \"width\": 5}|\"do_center_crop\": true, \"crop_size\": 4|width|5",
                "{\"shortest_edge\": 4}|\"image_processor_type\": \"ConvNextImageProcessor\", \"crop_pct\": 0.8|shortestEdge|5",
            })
    void takesClassifiersThatCutTheMiddleOut(String size, String more, String field, int length) throws Exception {
        var json = new ObjectMapper();
        var file = hub.resolve("preprocessor_config.json").toFile();
        var processor = (ObjectNode) json.readTree(file);
        processor.remove("image_processor_type");
        processor.set("size", json.readTree(size));
        processor.setAll((ObjectNode) json.readTree("{" + more + "}"));
        json.writeValue(file, processor);

        ModelBundle bundle = ModelBundle.open(take(hub, ImportWishes.NONE).folder());

        assertThat(bundle.manifest().text("image.fit")).isEqualTo("middle");
        assertThat(bundle.manifest().integer("image.resize." + field, 1, 100)).isEqualTo(length);
        assertThat(bundle.card().statements().get("pictures")).contains("the middle 4x4 px");
    }

    @ParameterizedTest
    @ValueSource(strings = {"florence2", "janus", "paligemma", "smolvlm"})
    void refusesAFolderOfWordsWithoutItsTokenizer(String family) throws Exception {
        Path raw = Fixtures.copy(Path.of("../public-models/twins").resolve(family), folder.resolve("hub-" + family));
        Files.delete(raw.resolve("bundle.json"));
        Files.delete(raw.resolve("tokenizer.json"));

        assertThatThrownBy(() -> take(raw, licence("Apache-2.0")))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("tokenizer.json")
                .hasMessageContaining(raw.toString());
        assertThat(unfinished()).isEmpty();
    }

    @Test
    void asksForALicenceThatIsNotStated() throws Exception {
        edit("README.md", "license: apache-2.0\n", "");
        Files.writeString(hub.resolve("LICENSE"), "Do as you like.");

        refused(ImportWishes.NONE)
                .hasMessageContaining("does not state a licence, although it has a LICENSE")
                .hasMessageContaining("--licence");
        Path taken = take(hub, licence("0BSD")).folder();
        assertThat(ModelBundle.outline(taken).licence()).isEqualTo("0BSD");
        assertThat(taken.resolve("LICENSE")).exists();
    }

    @Test
    void refusesALicenceWhoseTextIsMissing() throws Exception {
        edit(
                "README.md",
                "license: apache-2.0",
                "license: other\nlicense_name: crayon-licence\nlicense_link: TERMS.md");

        refused(ImportWishes.NONE).hasMessageContaining("names TERMS.md as the text of its licence");

        Files.writeString(hub.resolve("TERMS.md"), "Draw on paper.");
        Path taken = take(hub, ImportWishes.NONE).folder();
        assertThat(ModelBundle.outline(taken).licence()).isEqualTo("LicenseRef-crayon-licence");
        assertThat(taken.resolve("TERMS.md")).exists();
    }

    @Test
    void takesABundleFromElsewhereUnderAnotherName() throws Exception {
        ModelImport.Imported imported = take(Fixtures.tinyClassifier(), as("colours-2"));

        BundleOutline outline = ModelBundle.outline(imported.folder());
        assertThat(outline.card().name()).isEqualTo("colours-2");
        assertThat(outline.card().version()).isEqualTo("1");
        assertThat(outline.tasks()).containsExactly(Task.VQA);
        assertThat(ModelBundle.open(imported.folder()).card().statements())
                .containsEntry("limits", "It knows three colours.");
    }

    /** Nonsense, as their reference's is; that it is the same nonsense is ConformanceTest's. */
    @ParameterizedTest
    @ValueSource(strings = {"florence2", "janus", "paligemma", "smolvlm"})
    void takesTheTwinOfEachFamily(String family) throws Exception {
        ModelImport.Imported imported = take(Path.of("../public-models/twins").resolve(family), as("twin"));

        assertThat(ModelBundle.outline(imported.folder()).family()).isEqualTo(family);
        assertThat(imported.seen()).isNotEmpty();
    }

    /** Without bundle.json: what the family reads from the configs is enough to run. */
    @ParameterizedTest
    @ValueSource(strings = {"florence2", "janus", "paligemma", "smolvlm"})
    void takesAFolderOfEachFamilyAsAHubHasIt(String family) throws Exception {
        Path raw = Fixtures.copy(Path.of("../public-models/twins").resolve(family), folder.resolve("hub-" + family));
        Files.delete(raw.resolve("bundle.json"));

        ModelImport.Imported imported = take(raw, licence("Apache-2.0"));

        assertThat(ModelBundle.outline(imported.folder()).family()).isEqualTo(family);
        assertThat(ModelBundle.outline(imported.folder()).tasks()).contains(Task.CAPTION);
        assertThat(imported.seen()).isNotEmpty();
    }

    @Test
    void refusesADamagedBundleAndAnotherLicenceThanIsStated() throws Exception {
        Path bundle = Fixtures.copy(Fixtures.tinyClassifier(), folder.resolve("damaged"));
        assertThatThrownBy(() -> take(bundle, licence("MIT"))).hasMessageContaining("states its licence, Apache-2.0");
        Files.write(bundle.resolve("planes.onnx"), new byte[] {1, 2, 3});

        assertThatThrownBy(() -> take(bundle, ImportWishes.NONE))
                .hasMessageContaining("planes.onnx does not match its checksum");
    }

    @Test
    void isCalledAsTheRepositoryThatACacheFolderIsOf() throws Exception {
        Path cached = Fixtures.copy(
                hub,
                Files.createDirectories(folder.resolve("models--somebody--colours/snapshots"))
                        .resolve("0123456789abcdef0123456789abcdef01234567"));

        assertThat(take(cached, ImportWishes.NONE).name()).isEqualTo("colours");
    }

    @Test
    void runsWhatWasChosen() throws Exception {
        assertThat(library.inUse()).isEmpty();
        take(hub, ImportWishes.NONE);

        library.use("colours");

        assertThat(library.inUse()).contains(library.folder().resolve("colours"));
        assertThat(library.all())
                .filteredOn(ModelLibrary.Entry::used)
                .extracting(ModelLibrary.Entry::name)
                .containsExactly("colours");
        library.use("tiny");
        assertThat(library.inUse()).contains(Fixtures.tinyBundle());
        assertThatThrownBy(() -> library.use("none"))
                .hasMessageContaining("There is no model none here; there are tiny, colours");
    }

    @Test
    void namesComeBeforeFoldersAndFoldersAreFoundByPath() throws Exception {
        take(hub, ImportWishes.NONE);

        assertThat(library.resolve("colours"))
                .isEqualTo(library.folder().resolve("colours").toString());
        assertThat(library.resolve("noop")).isEqualTo("noop");
        assertThat(library.resolve("./colours"))
                .isEqualTo(Path.of("./colours").toAbsolutePath().toString());
        assertThat(library.resolve("tiny")).isEqualTo(Fixtures.tinyBundle().toString());
    }

    @Test
    void showsAModelThatWasDamagedSince() throws Exception {
        Path taken = take(hub, ImportWishes.NONE).folder();
        Files.write(taken.resolve("bundle.json"), "{".getBytes(StandardCharsets.UTF_8));

        assertThat(library.all())
                .filteredOn(entry -> entry.name().equals("colours"))
                .allSatisfy(entry ->
                        assertThat(entry.problem()).get().asString().contains("bundle.json is not valid JSON"));
    }

    @Test
    void removesWhatAKilledImportLeft() throws Exception {
        Path left = Files.createDirectories(library.folder().resolve(".import-999999999-x/onnx"));

        take(hub, ImportWishes.NONE);

        assertThat(left.getParent()).doesNotExist();
    }
}
