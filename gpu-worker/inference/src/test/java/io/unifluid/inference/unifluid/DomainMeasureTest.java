package io.unifluid.inference.unifluid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unifluid.inference.BatchOutcome;
import io.unifluid.inference.BundleException;
import io.unifluid.inference.DeviceChoice;
import io.unifluid.inference.Fixtures;
import io.unifluid.inference.InferenceItem;
import io.unifluid.inference.InferenceItem.CaptionItem;
import io.unifluid.inference.InferenceItem.EditItem;
import io.unifluid.inference.InferenceItem.GenerateItem;
import io.unifluid.inference.InferenceItem.QuestionItem;
import io.unifluid.inference.InferenceItem.VqaItem;
import io.unifluid.inference.LoadedModel;
import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.Precision;
import io.unifluid.inference.families.Models;
import io.unifluid.inference.image.DecodeLimits;
import io.unifluid.inference.image.ImageDecoder;
import io.unifluid.inference.image.ImageTensor;
import io.unifluid.inference.ort.OrtModel;
import io.unifluid.inference.ort.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped bundle's measure against what its maker computed in Python, and in what the model says. */
class DomainMeasureTest {
    private static final ModelOptions CPU = new ModelOptions(DeviceChoice.CPU, 1, 1, 1).with(Precision.FP32);
    private static final Path REFERENCE = Fixtures.referenceModel().orElseThrow();

    @TempDir
    Path folder;

    private static JsonNode cases() throws IOException {
        return new ObjectMapper()
                .readTree(REFERENCE.resolve("golden").resolve("domain.json").toFile());
    }

    private static ImageTensor picture(ModelBundle bundle, JsonNode each) throws Exception {
        try (ImageDecoder decoder =
                new ImageDecoder(UniFluidSettings.read(bundle.manifest()).image(), DecodeLimits.defaults())) {
            return decoder.decode(Base64.getDecoder().decode(each.get("png").asText()));
        }
    }

    @Test
    void itsNumbersAreThoseOfItsMaker() throws Exception {
        ModelBundle bundle = ModelBundle.open(REFERENCE.resolve("bundle"));
        UniFluidSettings settings = UniFluidSettings.read(bundle.manifest());
        DomainMeasure measure = DomainMeasure.read(bundle, settings.image()).orElseThrow();
        try (OrtModel ort = OrtModel.open(_ -> Map.of(UniFluidGraphs.ENCODE, bundle.graph("encode")), CPU)) {
            UniFluidGraphs graphs = new UniFluidGraphs(ort.caller(), settings);
            for (JsonNode each : cases()) {
                ImageTensor picture = picture(bundle, each);
                Tensor.Floats features = graphs.encode(List.of(picture)).getFirst();
                double[] numbers = measure.numbers(picture, features);
                int at = 0;
                for (var expected : each.get("numbers").properties()) {
                    assertThat(numbers[at++])
                            .as(expected.getKey())
                            .isCloseTo(expected.getValue().asDouble(), within(1e-3));
                }
                assertThat(measure.of(picture, features).getAsDouble())
                        .isCloseTo(each.get("domain").asDouble(), within(1e-3));
            }
        }
    }

    @Test
    void everyResultAboutAPictureSaysIt() throws Exception {
        ModelBundle bundle = ModelBundle.open(REFERENCE.resolve("bundle"));
        List<InferenceItem> batch = new ArrayList<>();
        List<JsonNode> cases = new ArrayList<>();
        cases().forEach(cases::add);
        JsonNode scene = cases.getFirst();
        JsonNode other = cases.getLast();
        batch.add(new CaptionItem("scene", picture(bundle, scene), Optional.empty(), 0));
        batch.add(new CaptionItem("other", picture(bundle, other), Optional.empty(), 0));
        batch.add(new VqaItem(
                "asked", picture(bundle, other), List.of(new QuestionItem("is it?", List.of("yes", "no")))));
        batch.add(new EditItem(
                "edited",
                picture(bundle, other),
                "make the background red",
                OptionalLong.of(1),
                OptionalDouble.empty(),
                OptionalInt.of(1)));
        batch.add(new GenerateItem(
                "drawn", "a dog", 1, OptionalLong.of(1), OptionalDouble.empty(), OptionalInt.of(1), 0, 0));
        batch.add(new CaptionItem("refused", picture(bundle, scene), Optional.of("word ".repeat(500)), 0));

        try (LoadedModel model = Models.load(bundle, CPU)) {
            BatchOutcome outcome = model.run(batch);
            List<OptionalDouble> domains = outcome.domains();
            assertThat(domains.get(0).getAsDouble()).isLessThan(0.5);
            assertThat(domains.get(1).getAsDouble())
                    .isGreaterThan(0.5)
                    .isEqualTo(domains.get(2).getAsDouble())
                    .isEqualTo(domains.get(3).getAsDouble());
            assertThat(domains.get(4)).isEmpty();
            assertThat(outcome.encodedPictures()).isEqualTo(2);
        }
    }

    @Test
    void aBundleWithoutOneSaysNothing() {
        assertThat(DomainMeasure.read(ModelBundle.open(Fixtures.tinyBundle()), null))
                .isEmpty();
    }

    @Test
    void aBrokenOneIsRefusedByTheNameOfTheField() throws IOException {
        Path bundle = Fixtures.copy(REFERENCE.resolve("bundle"), folder.resolve("bundle"));
        changed(bundle, "components", 63);
        refused(bundle, "domain.file");
        changed(bundle, "components", 64);
        changed(bundle, "weights", new ObjectMapper().createArrayNode().add(1));
        refused(bundle, "domain.weights");
    }

    private static void refused(Path folder, String field) {
        ModelBundle bundle = ModelBundle.open(folder);
        assertThatThrownBy(() -> DomainMeasure.read(
                        bundle, UniFluidSettings.read(bundle.manifest()).image()))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining(field);
    }

    private static void changed(Path bundle, String field, Object value) throws IOException {
        var json = new ObjectMapper();
        var file = bundle.resolve("bundle.json").toFile();
        var manifest = (ObjectNode) json.readTree(file);
        ((ObjectNode) manifest.get("domain")).set(field, json.valueToTree(value));
        json.writeValue(file, manifest);
    }
}
