package io.unifluid.inference.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.inference.BundleException;
import io.unifluid.inference.families.Models;
import io.unifluid.inference.hub.BundleDraft;
import io.unifluid.inference.hub.DtypeChoice;
import io.unifluid.inference.hub.HubFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the families make of folders as they come from a hub: the twins' own configs, as the reference wrote them. */
final class HubFoldersTest {
    static List<String> twins() throws IOException {
        return Twin.names();
    }

    @ParameterizedTest
    @MethodSource("twins")
    void aTwinsConfigsSayWhatItsBundleSays(String name) throws IOException {
        Path folder = Twin.folder(name);
        BundleDraft draft = Models.recognise(HubFolder.open(folder, DtypeChoice.ANY));
        JsonNode bundle =
                new ObjectMapper().readTree(folder.resolve("bundle.json").toFile());
        // Made of a bundle afterwards, not found in a folder.
        bundle.withObject("/graphs").remove(CompiledLoop.GRAPH);
        for (String field : List.of("family", "tokenizer", "graphs", "image", "specialTokens", "decoding", "drawing")) {
            assertThat(draft.manifest().path(field)).as(field).isEqualTo(bundle.path(field));
        }
        draft.manifest()
                .path("templates")
                .properties()
                .forEach(template -> assertThat(template.getValue())
                        .as(template.getKey())
                        .isEqualTo(bundle.path("templates").path(template.getKey())));
        List<String> files = new ArrayList<>(List.of("tokenizer.json"));
        bundle.path("graphs").forEach(graph -> files.add(graph.asText()));
        assertThat(draft.files()).containsExactlyInAnyOrderElementsOf(files);
    }

    @ParameterizedTest
    @MethodSource("twins")
    void aFolderThatDoesNotSayWhatIsNeededIsRefusedByTheField(String name, @TempDir Path folder) throws IOException {
        refused(name, folder, "preprocessor_config.json", json -> json.remove("image_mean"), "what image_mean is");
        refused(
                name,
                folder,
                "preprocessor_config.json",
                json -> json.remove(List.of("size", "image_size")),
                "which size its pictures have");
        refused(name, folder, "tokenizer.json", null, "has no file tokenizer.json");
        String decoder = name.equals("janus") ? "onnx/language_model.onnx" : "onnx/decoder_model_merged.onnx";
        refused(name, folder, decoder, null, "has no graph " + decoder);
    }

    @Test
    void aDecoderThatReadsTooLittleForAPictureIsRefused(@TempDir Path folder) throws IOException {
        refused(
                "smolvlm",
                folder,
                "config.json",
                json -> json.withObject("/text_config").put("max_position_embeddings", 100),
                "reads 100 tokens, and a picture alone takes");
    }

    /** The authors' exports have their marks in the tokenizer's config, and not every one a generation_config.json. */
    @Test
    void marksAreFoundByTheNamesInTheTokenizersConfig(@TempDir Path folder) throws IOException {
        PublicModelsTest.copy(Twin.folder("janus"), folder, _ -> {});
        Files.delete(folder.resolve("generation_config.json"));
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode config =
                (ObjectNode) mapper.readTree(folder.resolve("config.json").toFile());
        config.withObject("/language_config").remove(List.of("bos_token_id", "eos_token_id", "pad_token_id"));
        config.remove(List.of("bos_token_id", "eos_token_id", "pad_token_id"));
        mapper.writeValue(folder.resolve("config.json").toFile(), config);
        ObjectNode tokenizer = mapper.createObjectNode();
        tokenizer.put("bos_token", "<｜begin▁of▁sentence｜>").put("eos_token", "<｜end▁of▁sentence｜>");
        tokenizer.putObject("pad_token").put("content", "<｜▁pad▁｜>");
        mapper.writeValue(folder.resolve("tokenizer_config.json").toFile(), tokenizer);
        JsonNode bundle =
                mapper.readTree(Twin.folder("janus").resolve("bundle.json").toFile());

        ObjectNode manifest =
                Models.recognise(HubFolder.open(folder, DtypeChoice.ANY)).manifest();

        JsonNode marks = manifest.path("specialTokens");
        assertThat(marks.path("pad")).isEqualTo(bundle.path("specialTokens").path("pad"));
        assertThat(marks.path("eos").get(0))
                .isEqualTo(bundle.path("specialTokens").path("eos").get(0));
        assertThat(manifest.path("drawing")).isEqualTo(bundle.path("drawing"));
        assertThat(manifest.path("templates")).isEqualTo(bundle.path("templates"));
    }

    @Test
    void aJanusFolderWithoutTheGraphsToDrawWithReadsAndOneWithSomeOfThemIsRefused(@TempDir Path folder)
            throws IOException {
        PublicModelsTest.copy(Twin.folder("janus"), folder, _ -> {});
        Files.delete(folder.resolve("onnx/gen_head.onnx"));
        assertThatThrownBy(() -> Models.recognise(HubFolder.open(folder, DtypeChoice.ANY)))
                .hasMessageContaining("has no graph onnx/gen_head.onnx");
        Files.delete(folder.resolve("onnx/gen_img_embeds.onnx"));
        Files.delete(folder.resolve("onnx/image_decode.onnx"));

        ObjectNode manifest =
                Models.recognise(HubFolder.open(folder, DtypeChoice.ANY)).manifest();

        assertThat(manifest.path("tasks")).extracting(JsonNode::asText).containsExactly("caption", "vqa");
        assertThat(manifest.path("purpose").asText()).contains("nothing is there to draw with");
    }

    @Test
    void aTokenizerThatLacksAMarkIsRefused(@TempDir Path folder) throws IOException {
        refused(
                "janus",
                folder,
                "tokenizer.json",
                json -> json.putArray("added_tokens"),
                "does not know the mark <begin_of_image>");
    }

    /** Before Janus-Pro those who speak are named in words. */
    @Test
    void promptsOfTheFirstJanusNameUsersInWords(@TempDir Path folder) throws IOException {
        PublicModelsTest.copy(Twin.folder("janus"), folder, _ -> {});
        Path tokenizer = folder.resolve("tokenizer.json");
        Files.writeString(tokenizer, Files.readString(tokenizer).replace("<|User|>", "<|Someone|>"));

        BundleDraft draft = Models.recognise(HubFolder.open(folder, DtypeChoice.ANY));

        assertThat(draft.manifest().path("templates").path("generate").asText())
                .isEqualTo("<｜begin▁of▁sentence｜>User: {prompt}\n\nAssistant:<begin_of_image>");
    }

    private static void refused(String name, Path folder, String file, Consumer<ObjectNode> change, String why)
            throws IOException {
        PublicModelsTest.copy(Twin.folder(name), folder, _ -> {});
        Path path = folder.resolve(file);
        if (change == null) {
            Files.delete(path);
        } else {
            ObjectMapper mapper = new ObjectMapper();
            ObjectNode json = (ObjectNode) mapper.readTree(path.toFile());
            change.accept(json);
            mapper.writeValue(path.toFile(), json);
        }
        assertThatThrownBy(() -> Models.recognise(HubFolder.open(folder, DtypeChoice.ANY)))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining(why);
    }
}
