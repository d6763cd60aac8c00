package io.unifluid.inference.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.unifluid.inference.Fixtures;
import io.unifluid.inference.InferenceItem;
import io.unifluid.inference.InferenceItem.QuestionItem;
import io.unifluid.inference.InferenceItem.VqaItem;
import io.unifluid.inference.ItemOutcome.ChoiceScore;
import io.unifluid.inference.ItemOutcome.VqaResult;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.families.Models;
import io.unifluid.inference.image.DecodeLimits;
import io.unifluid.inference.image.ImageDecoder;
import io.unifluid.inference.library.ImportWishes;
import io.unifluid.inference.library.ModelImport;
import io.unifluid.inference.library.ModelLibrary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trained weights for real photographs, imported as a user does; skipped where nobody has made the bundle. */
class NsfwjsTest {
    private static final Path MADE = Path.of("../public-models/nsfwjs/work/nsfwjs-mobilenet-v2");

    @TempDir
    Path home;

    @Test
    void judgesAPicture() throws Exception {
        assumeTrue(
                Files.exists(MADE.resolve("bundle.json")),
                "The bundle of nsfwjs is not there; './run setup' and './run bundle' in gpu-worker/public-models/nsfwjs make it.");
        ModelLibrary library = new ModelLibrary(home, Optional.empty());

        ModelImport.Imported imported = new ModelImport(library).take(MADE, ImportWishes.NONE);

        assertThat(imported.seen()).containsExactly("question: is this picture safe for work? yes");
        try (var model = Models.open(library.resolve("nsfwjs-mobilenet-v2"), ModelOptions.defaults());
                var decoder = new ImageDecoder(model.imageSpec(), DecodeLimits.defaults())) {
            var picture = decoder.decode(Fixtures.picture("plain.jpg"));
            InferenceItem item = new VqaItem(
                    "a",
                    picture,
                    List.of(
                            new QuestionItem("Is this picture safe for work?", List.of("no", "yes")),
                            new QuestionItem("which?", List.of("Drawing", "Hentai", "Neutral", "Porn", "Sexy"))));
            var answers = ((VqaResult) model.run(List.of(item)).items().getFirst()).answers();
            assertThat(answers.getFirst().answer()).isEqualTo("yes");
            assertThat(answers.getLast().choices().stream()
                            .mapToDouble(ChoiceScore::score)
                            .sum())
                    .isCloseTo(1, within(1e-6));
            assertThat(answers.getFirst().choices().getLast().score())
                    .as("Drawing and Neutral")
                    .isCloseTo(
                            answers.getLast().choices().get(0).score()
                                    + answers.getLast().choices().get(2).score(),
                            within(1e-6));
        }
    }
}
