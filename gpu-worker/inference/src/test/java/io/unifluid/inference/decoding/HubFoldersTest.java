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
        for (String field : List.of("family", "tokenizer", "graphs", "image", "specialTokens", "decoding")) {
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
        refused(name, folder, "preprocessor_config.json", json -> json.remove("size"), "which size its pictures have");
        refused(name, folder, "tokenizer.json", null, "has no file tokenizer.json");
        refused(name, folder, "onnx/decoder_model_merged.onnx", null, "has no graph onnx/decoder_model_merged.onnx");
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
